"""Texts that belong to a whole visit: the closing remark, editors' notes, reasons, scenarios."""

from collections.abc import Mapping

# By factor: what was good about it, what should change. The closing remark joins one of each.
PRAISE: Mapping[str, tuple[str, ...]] = {
    "issue": (
        "Điều đáng giữ là cách xử lý: gặp chuyện khó vẫn tìm được hướng cho khách.",
        "Nhân viên không né câu hỏi khó, đó là điểm tôi nhớ nhất.",
    ),
    "attitude": (
        "Nhân viên nhã nhặn và nắm chắc việc của mình, nên giữ.",
        "Thái độ ấm áp từ lúc vào đến lúc ra, khách thấy được tôn trọng.",
    ),
    "convenience": (
        "Nơi này dễ đến, chỗ chờ thoải mái, rất tiện cho khách.",
        "Bố trí gọn, tìm gì cũng nhanh, nên giữ như vậy.",
    ),
    "consistency": (
        "Thông tin trên mạng và tại chỗ khớp nhau, khách yên tâm.",
        "Hỏi ở đâu cũng được trả lời giống nhau, đó là điều nên giữ.",
    ),
    "speed": (
        "Mọi việc diễn ra nhanh, không có lúc nào phải đứng không.",
        "Thời gian chờ ngắn là điểm mạnh của nơi này.",
    ),
}
WISHES: Mapping[str, tuple[str, ...]] = {
    "issue": (
        "Khi khách nêu vướng mắc, cần đưa ra ít nhất một cách giải quyết thay vì chỉ từ chối.",
        "Nên hướng dẫn nhân viên cách trả lời khi khách so sánh giá hoặc gặp sự cố.",
    ),
    "attitude": (
        "Nên nhắc nhân viên chào khách và hỏi nhu cầu trước khi giới thiệu.",
        "Nhân viên cần nắm kỹ hơn sản phẩm mình đang tư vấn.",
    ),
    "convenience": (
        "Nên dọn khu vực khách đi qua và xem lại chỗ để xe.",
        "Những thứ nhỏ như chỗ ngồi, lối đi, máy hỏng làm khách khó chịu hơn ta nghĩ.",
    ),
    "consistency": (
        "Cần thay ngay những thông tin cũ để tại chỗ và trên mạng giống nhau.",
        "Khách nghe hai con số khác nhau thì không biết tin bên nào.",
    ),
    "speed": (
        "Giờ đông khách nên mở thêm quầy, chờ lâu mà không ai giải thích là điều khó chịu nhất.",
        "Nên có người đi hỏi nhu cầu của khách đang chờ để chia bớt.",
    ),
}

# What an editor asks, by kind of question.
NOTES: Mapping[str, tuple[str, ...]] = {
    "photo": (
        "Ảnh hơi mờ và thiếu phần cửa ra vào. Anh/chị còn ảnh nào rõ hơn không?",
        "Ảnh bị lóa, không đọc được chữ. Anh/chị gửi giúp ảnh khác chụp cùng lúc.",
    ),
    "duration": (
        "Thời gian này dài khác thường so với các mốc còn lại. Anh/chị xem lại giờ bắt đầu và giờ kết thúc.",
        "Anh/chị bấm giờ từ lúc nào? Ghi rõ giúp ở phần nhận xét.",
    ),
    "other": (
        "Anh/chị ghi giúp nhân viên đã nói gì, càng gần nguyên văn càng tốt.",
        "Câu này chưa có nhận xét. Điều gì khiến anh/chị chọn câu trả lời này?",
        "Câu trả lời chưa khớp với phần nhận xét cuối. Anh/chị kiểm tra lại giúp.",
    ),
}
CORRECTIONS = (
    "Bổ sung: tôi ghi lại ngay sau khi ra khỏi cửa nên chắc chắn về điều này.",
    "Bổ sung: tôi đã xem lại giờ trong điện thoại, con số này là đúng.",
    "Bổ sung: nhân viên nói đúng một câu như vậy, không giải thích thêm.",
)
REJECTIONS = (
    "Sau khi trả lại, ảnh vẫn không phải của chi nhánh này và phần nhận xét không đổi.",
    "Lượt ghé diễn ra ngoài khoảng thời gian đã nhận; bổ sung lần hai vẫn không có ảnh tại chỗ.",
    "Các mốc thời gian trùng với một lượt khác của cùng người ở nơi khác.",
)
FRAUD = "Vị trí trong ảnh cách nơi cần ghé hơn 3 km và ngày chụp sớm hơn sáu ngày so với lượt ghé."
ABORTS: Mapping[str, tuple[str, ...]] = {
    "closed": (
        "Đến lúc 14:10 thấy cửa khóa, dán thông báo kiểm kê đến hết ngày.",
        "Cửa cuốn đóng, bảo vệ bên cạnh nói mất điện từ sáng.",
    ),
    "recognised": ("Nhân viên hỏi thẳng “chị đi khảo sát phải không?”, tôi dừng và ra về.",),
    "asked_to_leave": ("Bảo vệ yêu cầu không đứng chụp trước cửa và mời ra ngoài.",),
    "unsafe": ("Mưa lớn, nước ngập trước cửa quá đầu gối, không vào được.",),
    "moved": ("Nơi này đã dời sang địa chỉ khác, cửa cũ dán giấy cho thuê.",),
}
CANCELS = ("Chi nhánh sửa chữa trong thời gian này.", "Khách hàng đề nghị bỏ lượt này vì trùng ngày kiểm kê.")
SCENARIOS: Mapping[str, str] = {
    "bank": (
        "Anh/chị vừa bán một mảnh đất nhỏ ở quê, có khoảng 200 triệu đồng chưa dùng đến trong sáu tháng. "
        "Nếu được hỏi, công việc là bán hàng trên mạng."
    ),
    "retail": "Anh/chị tìm sữa tắm cho da nhạy cảm làm quà cho mẹ, khoảng 100.000–150.000 ₫.",
    "enquiry": "Anh/chị hỏi bảo hiểm sức khỏe cho mẹ 58 tuổi, bắt đầu từ tháng sau, khoảng 4 triệu đồng một năm.",
}
ETHICS: Mapping[str, str] = {
    "bank": (
        "Phòng Nhân sự đã gửi thông báo cho toàn thể nhân viên: chất lượng phục vụ có thể được khảo sát "
        "bí mật để đào tạo và cải tiến; kết quả báo theo chi nhánh, không nêu tên cá nhân."
    ),
    "retail": (
        "Giám đốc vận hành đã thông báo tại buổi họp quản lý cửa hàng và dán ở phòng nghỉ nhân viên: "
        "cửa hàng có thể có khách bí mật; kết quả báo theo cửa hàng, dùng để đào tạo."
    ),
    "enquiry": (
        "Trưởng phòng Dịch vụ khách hàng đã thông báo cho mọi ca trực: sẽ có người liên hệ để khảo sát; "
        "kết quả báo theo kênh, không nêu tên cá nhân."
    ),
}
