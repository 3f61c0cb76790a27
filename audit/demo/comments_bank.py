"""What shoppers write about a bank branch: question -> outcome -> sentences; {m} minutes, {n} the number.

Outcomes: yes and no, the option's id, low/mid/high of a scale, good/mid/bad of a figure.
"""

from collections.abc import Mapping

BANK: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "hours_online": {
        "yes": ("Trang web ghi rõ cả giờ nghỉ trưa và sáng thứ Bảy.",),
        "no": (
            "Trên bản đồ chỉ có địa chỉ, không có giờ làm việc của chi nhánh này.",
            "Trang web chỉ ghi giờ chung của toàn hệ thống, không ghi giờ chi nhánh.",
        ),
    },
    "hotline_reached": {
        "first": ("Gọi lần đầu gặp ngay, bạn tổng đài nói rõ ràng.",),
        "second": (
            "Lần đầu nghe nhạc chờ rồi tự ngắt, gọi lại mới gặp.",
            "Lần đầu báo tổng đài viên đều bận, mười lăm phút sau gọi lại thì gặp.",
        ),
        "none": (
            "Gọi hai lần, mỗi lần chờ năm phút đều không ai bắt máy.",
            "Cả hai lần hệ thống yêu cầu để lại số rồi tự tắt, không thấy gọi lại.",
        ),
    },
    "hotline_wait": {
        "good": ("Chờ {m} phút là có người nghe.",),
        "mid": ("Phải bấm qua ba lớp phím, tổng cộng {m} phút mới gặp người.",),
        "bad": ("Chờ {m} phút, lời thoại quảng cáo lặp đi lặp lại.", "Mất {m} phút mới có người nghe máy."),
    },
    "docs_told": {
        "yes": ("Tổng đài dặn mang căn cước còn hạn, không cần gì thêm.",),
        "no": (
            "Tổng đài chỉ nói ra chi nhánh sẽ được hướng dẫn, không nói cần giấy tờ gì.",
            "Hỏi giấy tờ thì được trả lời là tùy từng chi nhánh.",
        ),
    },
    "address_match": {
        "yes": ("Ghim bản đồ đúng ngay cửa.",),
        "no": (
            "Ghim trên bản đồ vẫn ở địa chỉ cũ, phải hỏi đường thêm gần 200 m.",
            "Bản đồ dẫn vào ngõ phía sau tòa nhà, cửa chính ở mặt phố bên kia.",
        ),
    },
    "hours_match": {
        "yes": ("Giờ dán ở cửa khớp với trang web.",),
        "no": (
            "Cửa ghi nghỉ trưa 11:30, trên mạng ghi làm thông trưa.",
            "Trên mạng ghi thứ Bảy làm đến 11:30, tại cửa dán thông báo nghỉ thứ Bảy.",
        ),
    },
    "parking_space": {
        "yes": ("Bảo vệ dắt xe giúp, có vé và mái che.",),
        "no": (
            "Vỉa hè kín xe nhân viên, phải gửi nhờ quán bên cạnh cách khoảng 120 m.",
            "Bảo vệ nói hết chỗ, khách tự tìm nơi gửi.",
        ),
    },
    "door_greeting": {
        "yes": (
            "Bảo vệ mở cửa, chào và chỉ máy lấy số.",
            "Bạn lễ tân đứng dậy chào và hỏi cần giao dịch gì.",
        ),
        "no": (
            "Bảo vệ ngồi xem điện thoại, không nhìn lên.",
            "Bước vào không ai nói gì, tự tìm máy lấy số.",
            "Bàn lễ tân có người nhưng đang nói chuyện riêng, không chào.",
        ),
    },
    "atm_broken": {
        "good": ("Cả hai máy ATM đều chạy bình thường.",),
        "mid": (
            "Một máy dán giấy tạm ngừng phục vụ.",
            "Một máy tắt màn hình, máy còn lại có người xếp hàng.",
        ),
        "bad": ("{n} máy cùng báo tạm ngừng, khách phải đi chỗ khác.",),
    },
    "hall_problems": {
        "dirty": ("Sàn gần cửa có vệt nước bẩn, ghế có vụn bánh.", "Góc bàn viết có cốc nhựa và giấy vụn."),
        "no_seat": ("Hết ghế, khoảng bốn khách phải đứng.", "Chỉ có sáu ghế, lúc tôi đến đều có người."),
        "ticket_down": ("Máy lấy số tắt màn hình, bảo vệ ghi số ra giấy.",),
        "no_forms": ("Bàn viết hết mẫu giấy nộp tiền, hai cây bút đều không ra mực.",),
        "old_poster": (
            "Áp phích ưu đãi đã hết hạn từ tháng trước vẫn treo ở quầy.",
            "Tờ rơi lãi suất cũ còn để ở kệ.",
        ),
        "none": ("Khu chờ sạch, mát, còn nhiều ghế trống.", "Có nước uống và ổ cắm sạc cho khách chờ."),
    },
    "rates_match": {
        "yes": ("Bảng tại chi nhánh và trang web cùng một mức.",),
        "no": (
            "Bảng tại chi nhánh thấp hơn trang web 0,2 điểm phần trăm, bảng ghi ngày của tháng trước.",
            "Kỳ hạn 6 tháng trên bảng khác trang web; hỏi thì nhân viên nói bảng chưa kịp thay.",
        ),
    },
    "had_to_wait": {"no": ("Đến nơi được gọi ngay, không phải chờ.",)},
    "wait": {
        "good": ("Chờ {m} phút, số chạy đều.",),
        "mid": (
            "Chờ {m} phút, trong khi hai quầy để biển tạm ngừng.",
            "Chờ {m} phút vì chỉ mở hai trong năm quầy.",
        ),
        "bad": (
            "Chờ {m} phút, có khách đến sau được gọi trước mà không ai giải thích.",
            "Lấy số xong chờ {m} phút, nhiều khách bỏ về.",
            "Chờ {m} phút, số nhảy rất chậm, không ai thông báo.",
        ),
    },
    "counter_greeting": {
        "first": ("Giao dịch viên ngẩng lên cười, chào và mời ngồi.",),
        "after": ("Tôi chào trước, bạn ấy gật đầu đáp lại.", "Đang gõ máy, nghe tôi chào mới ngẩng lên."),
        "none": (
            "Không chào, chỉ đưa tay ra hiệu lấy giấy tờ.",
            "Câu đầu tiên là “Chị cần gì?”, không có lời chào.",
        ),
    },
    "badge": {
        "yes": ("Bảng tên đặt ngay ngắn trên quầy.",),
        "no": ("Không thấy thẻ tên, trên quầy cũng không có bảng.", "Thẻ tên bị lật ngược, không đọc được."),
    },
    "needs_asked": {
        "yes": ("Hỏi tôi gửi bao lâu, có cần rút giữa chừng không rồi mới tư vấn.",),
        "no": (
            "Giới thiệu luôn gói thẻ tín dụng, không hỏi tôi cần gì.",
            "Đọc một loạt gói tài khoản, không hỏi tôi dùng để làm gì.",
        ),
    },
    "fees_told": {
        "yes": ("Nói rõ phí quản lý tháng và điều kiện được miễn.",),
        "no": (
            "Chỉ nói “phí không đáng kể”, hỏi lại cũng không có con số.",
            "Nói phí có trong ứng dụng, về tự xem.",
        ),
    },
    "knowledge": {
        "right": (
            "Giải thích đúng: rút trước hạn hưởng lãi không kỳ hạn, có nêu mức.",
            "Mở bảng lãi ra chỉ cho tôi xem mức khi rút trước hạn.",
        ),
        "partly": (
            "Nói rút trước hạn thì mất lãi, không nói còn được bao nhiêu.",
            "Biết có lãi không kỳ hạn nhưng không nêu mức.",
        ),
        "wrong": (
            "Nói rút trước hạn vẫn giữ nguyên lãi kỳ hạn, trái với điều khoản.",
            "Nói phải chịu phạt 1% tiền gốc, điều khoản không có khoản này.",
        ),
        "none": (
            "Trả lời “cái này em không rõ”, không tra cứu thêm.",
            "Nói mới vào làm nên chưa nắm, bảo tôi gọi tổng đài.",
        ),
    },
    "clarity": {
        "high": ("Nói chậm, lấy ví dụ bằng số tiền cụ thể nên rất dễ hiểu.",),
        "mid": ("Nói được ý chính nhưng dùng nhiều từ chuyên môn.",),
        "low": (
            "Nói nhanh, nhiều chữ viết tắt, hỏi lại vẫn lặp y nguyên.",
            "Giải thích lộn xộn, tôi không rõ cuối cùng lãi bao nhiêu.",
        ),
    },
    "fees_in_writing": {
        "yes": ("Được in biểu phí và bảng lãi suất mang về.",),
        "no": ("Không đưa tờ nào, bảo chụp màn hình.", "Hỏi xin bảng lãi suất thì nói chi nhánh hết tờ in."),
    },
    "insurance_tied": {
        "yes": (
            "Nói muốn có lãi suất này thì phải mua kèm bảo hiểm nhân thọ.",
            "Nói hồ sơ có bảo hiểm mới được duyệt mức ưu đãi, nhắc lại hai lần.",
        ),
    },
    "secret_asked": {
        "yes": ("Nhân viên bảo tôi đọc mã OTP để “cài ứng dụng giúp cho nhanh”. Tôi đã từ chối.",)
    },
    "service_time": {
        "good": ("Trao đổi gọn, {m} phút là đủ thông tin.",),
        "mid": ("Mất {m} phút vì giao dịch viên phải dừng nghe điện thoại hai lần.",),
        "bad": ("Mất {m} phút, nhân viên nhiều lần đứng lên làm việc khác.",),
    },
    "rate_objection": {
        "solution": (
            "Gợi ý kỳ hạn 9 tháng lãi cao hơn và so sánh cho tôi xem.",
            "Đề nghị trình cấp trên xin thêm ưu đãi cho khoản gửi lớn.",
        ),
        "reason": ("Giải thích mức lãi và lý do an toàn, nhưng không đưa lựa chọn khác.",),
        "repeat": ("Chỉ nhắc lại “bên em lãi vậy thôi ạ”.", "Đọc lại bảng lãi suất, không nói gì thêm."),
        "dismiss": (
            "Nói “vậy chị qua ngân hàng đó gửi”, rồi im lặng.",
            "Cười và nói ngân hàng kia chắc sắp có vấn đề.",
        ),
    },
    "wrong_transfer": {
        "steps": ("Nêu đủ: báo ngay ngân hàng, làm đơn tra soát, không tự liên hệ đòi tiền.",),
        "partly": ("Chỉ nói gọi tổng đài, không nói cần chuẩn bị gì.",),
        "none": (
            "Nói “chuyển nhầm thì khó lấy lại lắm”, không hướng dẫn gì.",
            "Không biết quy trình, cười trừ.",
        ),
    },
    "unknown_question": {
        "yes": ("Chưa chắc nên gọi hỏi bộ phận hỗ trợ rồi trả lời tôi.",),
        "no": ("Không rõ nhưng không hỏi ai, bảo tôi lên mạng tìm.",),
    },
    "solution_offered": {
        "yes": ("Hướng dẫn dùng xác nhận nơi cư trú trên VNeID, rất cụ thể.",),
        "no": (
            "Nói địa chỉ khác là không làm được, không đưa cách nào.",
            "Bảo về làm lại giấy tờ rồi ra, không hướng dẫn thêm.",
        ),
    },
    "interrupted": {
        "yes": (
            "Ngắt lời tôi hai lần khi tôi đang kể chuyện chuyển nhầm.",
            "Chưa nghe hết đã trả lời sang ý khác.",
        ),
        "no": ("Lắng nghe hết rồi mới trả lời.",),
    },
    "transfers": {
        "good": ("Một người tiếp từ đầu đến cuối.",),
        "mid": ("Bị chuyển sang quầy bên cạnh, phải kể lại từ đầu.",),
        "bad": ("Chuyển {n} lần giữa các quầy, mỗi lần lại trình bày lại.",),
    },
    "complaint_handled": {
        "solved": ("Báo máy lạnh hắt nước, bảo vệ xử lý ngay.",),
        "dated": ("Hẹn phản hồi trong ngày làm việc tiếp theo.",),
        "noted": ("Chỉ nói “để em ghi nhận”.",),
        "ignored": ("Tôi nói máy lấy số hỏng, nhân viên nghe rồi bỏ đi.",),
    },
    "next_step": {
        "yes": ("Dặn mang căn cước và đến trước 16 giờ, làm khoảng 15 phút.",),
        "no": ("Kết thúc mà không nói cần làm gì tiếp nếu muốn mở tài khoản.",),
    },
    "farewell": {
        "yes": ("Cảm ơn và chúc một ngày tốt lành.",),
        "no": ("Tôi đứng dậy, giao dịch viên đã gọi số tiếp theo.", "Không chào lại khi tôi cảm ơn ra về."),
    },
    "contact_offered": {"yes": ("Chủ động đưa danh thiếp có số máy lẻ của chi nhánh.",)},
    "client_data_overheard": {
        "yes": ("Giao dịch viên quầy bên đọc to số dư và số tài khoản của một khách.",),
    },
    "fees_match": {
        "yes": ("Mức phí nghe tại quầy đúng với biểu phí.",),
        "no": (
            "Tại quầy nói miễn phí chuyển khoản, biểu phí ghi chỉ miễn trên ứng dụng.",
            "Quầy nói phí tháng 10.000 ₫, trang web ghi 15.000 ₫.",
        ),
    },
    "docs_match": {"no": ("Tổng đài nói chỉ cần căn cước, tại quầy đòi thêm hóa đơn điện.",)},
    "callback_kept": {
        "yes": ("Sáng hôm sau chi nhánh gọi đúng hẹn.",),
        "no": ("Hẹn gọi lại trong ngày nhưng hết hai ngày làm việc không ai gọi.",),
    },
}
