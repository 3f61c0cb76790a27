"""What people of the demo write to each other after a visit was submitted."""

from collections.abc import Mapping

FLAG_NOTES = (
    "Đã xem lại ảnh và mốc thời gian: chi tiết khớp với chi nhánh, chấp nhận được.",
    "Đã hỏi lại khách bí mật qua điện thoại, giải thích hợp lý và khớp với ảnh.",
    "Dấu hiệu do điện thoại mất sóng trong nhà; biển hiệu và nội thất đúng nơi cần ghé.",
)
ALARMS: Mapping[str, str] = {
    "bank": "Đã nghe khách bí mật kể lại nguyên văn: giao dịch viên hỏi mã OTP để “làm nhanh giúp”. Xác nhận đúng.",
    "retail": "Ảnh nhãn đọc rõ hạn dùng đã qua ba ngày, hóa đơn có món này. Xác nhận đúng.",
}
AMENDED = "Phần nhận xét và ảnh cho thấy điều ngược lại với câu trả lời đã chọn."
AMENDMENT_AGREED = "Tôi đã đọc lại nhận xét và xem ảnh, đồng ý với chỗ sửa này."
AMENDMENT_DECLINED = (
    "Tôi chọn đúng như đã thấy. Phần nhận xét nói về người khác, không phải nhân viên tiếp tôi."
)
NAMED, UNNAMED = "Chị Hạnh", "Một nhân viên"
NAME_COVERED = "Che tên nhân viên."
FACE_COVERED = "Che khuôn mặt của khách trong ảnh."
GRADES: Mapping[int, tuple[str, ...]] = {
    5: ("Nhận xét cụ thể, ảnh rõ, không phải hỏi lại điều gì. Cảm ơn anh/chị.", "Rất kỹ và đúng giờ.", ""),
    4: ("Ảnh tốt. Lần sau ghi thêm lời nhân viên nói, càng gần nguyên văn càng tốt.", "Làm tốt.", ""),
    3: ("Đủ thông tin nhưng nhận xét còn ngắn; mong lần sau cụ thể hơn.", "Ảnh hơi tối, vẫn dùng được."),
    2: ("Nhiều câu phải hỏi lại. Lần sau anh/chị ghi ngay sau khi ra khỏi cửa.",),
}
APPEALS = (
    "Hôm đó tôi đến đúng chi nhánh, điện thoại tắt định vị nên ảnh không có vị trí. "
    "Tôi còn giữ vé gửi xe và hóa đơn, có thể gửi thêm.",
    "Ảnh mờ vì chụp vội lúc bảo vệ nhìn. Phần trả lời tôi ghi ngay sau khi ra, mong được xem lại.",
)
APPEAL_DECLINED = (
    "Chúng tôi đã xem lại cả hai lần gửi. Ảnh không cho thấy chi nhánh này nên lượt ghé không thể tính. "
    "Anh/chị vẫn được mời cho các lượt sau."
)

# Objections: what the branch says; and why it is right, or is not.
FACTS: Mapping[str, str] = {
    "badge": "Nhân viên trong ca hôm đó đều đeo thẻ, ảnh chấm công đầu ca chụp lúc nhận ca còn lưu.",
    "needs_asked": "Nhân viên có hỏi khách cần gì trước khi giới thiệu, camera quầy ghi lại đoạn này.",
    "fees_told": "Phiếu tư vấn hôm đó có ghi mức phí bằng số, khách đã xem và trả lại quầy.",
    "fees_in_writing": "Biểu phí đặt ngay tại quầy, giao dịch viên có mời khách lấy một tờ.",
    "next_step": "Giao dịch viên đã dặn khách mang căn cước và xác nhận cư trú ở lần sau.",
    "solution_offered": "Nhân viên đã nêu hai cách: bổ sung giấy xác nhận hoặc làm tại chi nhánh gần nhà.",
    "farewell": "Camera cửa cho thấy nhân viên đứng lên chào khách khi khách ra về.",
    "door_greeting": "Bảo vệ hôm đó là người mới, nhưng camera ghi lại anh ấy có mở cửa và chào.",
    "receipt_given": "Máy in hóa đơn kẹt giấy lúc khách thanh toán; thu ngân đã đưa ngay sau khi in lại.",
    "alternative_offered": "Nhân viên có kiểm tra kho và hẹn khách hai ngày sau, sổ hẹn còn ghi.",
    "exchange_solution": "Nhân viên đã mời khách gặp quản lý ca để đổi, khách nói để hôm khác.",
    "unknown_question": "Nhân viên có gọi hỏi quản lý, chỉ là khách ra về trước khi có câu trả lời.",
    "policy_match": "Bảng chính sách đổi hàng tại quầy và trên trang web cùng một bản từ đầu tháng.",
}
FACT = "Chúng tôi đã xem lại camera và hỏi người trực hôm đó: sự việc không đúng như câu trả lời ghi."
UPHELD = (
    "Ảnh chi nhánh gửi và nhận xét của chính lượt ghé khớp với điều chi nhánh nêu. Câu trả lời được sửa.",
    "Chúng tôi đã đối chiếu lại ghi chép tại chỗ: chi nhánh nói đúng, câu trả lời chọn nhầm.",
)
DECLINED = (
    "Nhận xét của khách bí mật ghi rõ lời nhân viên và thời điểm; dữ kiện chi nhánh gửi nói về một ca khác.",
    "Bằng chứng cho thấy điều này có ở nơi khác trong chi nhánh, nhưng khách bí mật không được phục vụ như vậy.",
)

# What a branch does about lost points, by factor: what, the department, the owner.
MEASURES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "issue": (
        ("Soạn một trang câu trả lời cho năm tình huống khó, tập đóng vai mỗi sáng thứ Hai.",
         "Dịch vụ khách hàng", "Phó phòng dịch vụ"),
        ("Nhắc nhân viên nêu ít nhất một cách giải quyết trước khi từ chối; quản lý nghe thử mỗi ca.",
         "Dịch vụ khách hàng", "Trưởng ca"),
    ),
    "attitude": (
        ("Nhắc lại cách chào và hỏi nhu cầu trong buổi họp đầu ca, quản lý quan sát 15 phút mỗi ngày.",
         "Quầy giao dịch", "Trưởng quầy"),
        ("Kiểm tra thẻ tên và đồng phục lúc nhận ca, ghi vào sổ giao ca.", "Hành chính", "Trưởng ca sáng"),
        ("Kèm nhân viên mới trong hai tuần: mỗi ngày nghe một cuộc tư vấn và góp ý ngay.",
         "Nhân sự", "Người hướng dẫn"),
    ),
    "convenience": (
        ("Dọn lối đi và khu vực chờ ba lần mỗi ngày, dán phiếu ký tên ở cửa kho.", "Vận hành", "Tổ trưởng vệ sinh"),
        ("Báo sửa thiết bị hỏng trong ngày, treo bảng hướng dẫn chỗ thay thế.", "Kỹ thuật", "Cán bộ kỹ thuật"),
    ),
    "consistency": (
        ("Đối chiếu bảng giá, biểu phí tại chỗ với trang web mỗi sáng trước giờ mở cửa.",
         "Kế toán", "Kiểm soát viên"),
        ("Gỡ hết tờ rơi cũ, chỉ để bản có ngày hiệu lực còn hạn.", "Tiếp thị", "Nhân viên trưng bày"),
    ),
    "speed": (
        ("Mở thêm một quầy trong giờ đông khách, phân công lại ca ăn trưa.", "Quầy giao dịch", "Trưởng ca"),
        ("Cử một người hỏi nhu cầu khách đang chờ và hướng dẫn điền trước giấy tờ.",
         "Dịch vụ khách hàng", "Trưởng quầy"),
    ),
}  # fmt: skip
MEASURE = ("Trao đổi lại với cả ca về điểm này và kiểm tra trong hai tuần.", "Vận hành", "Quản lý ca")
DONE = (
    "Đã làm từ đầu tuần, sổ giao ca có chữ ký từng ngày.",
    "Đã tập huấn cả hai ca, ai cũng nhắc lại được các bước.",
    "Đã sửa và chụp lại ngay tại chỗ.",
    "Đã thay bản mới, quản lý kiểm tra mỗi sáng.",
)
DROPPED = (
    "Việc này do hội sở làm chung cho mọi chi nhánh trong quý tới.",
    "Mặt bằng thuê không cho phép thay đổi, chủ nhà đã trả lời bằng văn bản.",
)

# Threads: who says what; "agency" is the editor who approved.
TALKS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("manager", "Đơn vị khảo sát cho hỏi: câu về thời gian chờ tính từ lúc lấy số hay lúc ngồi xuống ạ?"),
        ("agency", "Tính từ lúc lấy số (hoặc đứng vào hàng) đến lúc nhân viên bắt đầu tiếp, theo bảng tiêu chí."),
        ("manager", "Cảm ơn, chúng tôi đã rõ và sẽ nhắc bảo vệ hướng dẫn khách lấy số ngay."),
    ),
    (
        ("area", "Điểm này lặp lại từ lượt trước. Chi nhánh cho biết đã làm gì và khi nào xong nhé."),
        ("manager", "Dạ, đã phân công trưởng ca, tuần này tập lại với cả hai ca và kiểm tra mỗi ngày."),
    ),
    (
        ("head", "Kết quả tốt, nhờ chi nhánh chia sẻ cách làm ở phần đón khách cho các nơi khác."),
        ("manager", "Dạ, chúng tôi sẽ gửi bản quy trình một trang trong tuần này."),
    ),
    (
        ("manager", "Ảnh quầy chụp lúc đang thay biển quảng cáo, không phải tình trạng thường ngày."),
        ("agency", "Chúng tôi ghi nhận. Ảnh cho biết tình trạng tại lúc ghé, câu trả lời không trừ điểm vì việc này."),
    ),
    (
        ("manager", "Nhân viên mới vào làm được một tuần. Chi nhánh nhận phần thiếu sót và sẽ kèm thêm."),
        ("area", "Đồng ý. Cuối tháng anh chị báo lại giúp kết quả kèm cặp."),
    ),
)  # fmt: skip
