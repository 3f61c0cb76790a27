"""What shoppers write about an enquiry by telephone, chat or mail; see comments_bank for what stands where."""

from collections.abc import Mapping

ENQUIRY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contact_found": {
        "yes": ("Nút liên hệ nằm ngay góc trên trang chủ.",),
        "no": (
            "Phải kéo xuống tận cuối trang rồi mở thêm hai mục mới thấy cách liên hệ.",
            "Trang chủ chỉ có biểu mẫu để lại số, không ghi số điện thoại.",
        ),
    },
    "reached": {
        "second": ("Lần đầu chờ hết nhạc rồi tự ngắt, nửa tiếng sau liên hệ lại thì gặp.",),
        "third": ("Hai lần đầu đều được báo đang bận, đến lần thứ ba mới có người.",),
        "never": ("Cả ba lần đều chỉ có trả lời tự động.",),
    },
    "attempts_note": {
        "none": (
            "Ba lần đều nghe lời chào tự động rồi hệ thống báo bận, không ai gọi lại.",
            "Hai lần chờ đến khi tự ngắt, lần thứ ba được mời để lại số nhưng không thấy liên lạc.",
            "Tin nhắn hiện đã xem nhưng đến cuối giờ làm việc vẫn không có trả lời.",
        )
    },
    "phone_pickup": {
        "good": ("Chuông reo hai hồi là có người nghe.",),
        "mid": ("Phải bấm qua hai lớp phím rồi mới gặp người.",),
        "bad": ("Nghe nhạc chờ {m} phút, không ai báo còn phải chờ bao lâu.",),
    },
    "chat_reply": {
        "good": ("Có người trả lời sau {m} phút.",),
        "mid": ("Máy tự trả lời trước, {m} phút sau mới có người.",),
        "bad": ("Sau {m} phút mới có tin đầu tiên, lúc đó tôi đã định thoát.",),
    },
    "email_reply": {
        "good": ("Thư trả lời đến trong cùng buổi.",),
        "mid": ("Thư trả lời đến cuối ngày.",),
        "bad": ("Đợi quá một ngày làm việc mới có thư trả lời.",),
    },
    "company_named": {
        "yes": ("Câu đầu tiên đã nêu tên công ty.",),
        "no": (
            "Nhân viên chỉ nói “alo”, tôi phải hỏi lại có đúng nơi không.",
            "Tin đầu chỉ có “Dạ em nghe”.",
        ),
    },
    "needs_asked": {
        "yes": ("Nhân viên hỏi tôi mua cho ai và cần từ khi nào trước khi giới thiệu.",),
        "no": ("Nhân viên đọc ngay gói đắt nhất, không hỏi tôi cần gì.",),
    },
    "knowledge": {
        "partly": ("Nói đúng quyền lợi chính nhưng bỏ qua phần tôi hỏi về thời gian chờ.",),
        "wrong": ("Nói được hoàn phí trong 30 ngày, trang web ghi 21 ngày.",),
        "none": ("Nhân viên nói không rõ và đề nghị tôi tự đọc điều khoản.",),
    },
    "clarity": {
        "high": ("Giải thích bằng ví dụ số tiền cụ thể, rất dễ hiểu.",),
        "mid": ("Hiểu được ý chính nhưng còn nhiều từ chuyên môn.",),
        "low": ("Đọc nguyên văn điều khoản, nghe xong tôi vẫn không biết mình được gì.",),
    },
    "contact_problems": {
        "cut_off": ("Đang nói thì cuộc gọi ngắt, không ai gọi lại.",),
        "repeat_details": ("Phải nói lại năm sinh và nhu cầu ba lần.",),
        "link_only": ("Hỏi gì cũng nhận được một đường dẫn.",),
        "hard_to_hear": ("Tiếng ồn của phòng tổng đài lấn át lời nhân viên.",),
        "other_channel": ("Được mời gọi số khác để hỏi phần còn lại.",),
    },
    "transfers": {
        "mid": ("Bị chuyển sang một người khác và phải nói lại từ đầu.",),
        "bad": ("Bị chuyển {n} lần, mỗi người hỏi lại từ đầu.",),
    },
    "price_objection": {
        "solution": ("Gợi ý đóng phí theo quý và một gói nhẹ hơn.",),
        "reason": ("Giải thích phần quyền lợi nằm trong mức phí đó.",),
        "repeat": ("Chỉ nhắc lại mức phí.",),
        "dismiss": ("Nói “chỗ rẻ thì chị cứ mua chỗ rẻ”.",),
    },
    "fault_solution": {
        "yes": ("Nêu rõ nơi gửi yêu cầu và cần giấy tờ gì.",),
        "no": ("Chỉ nói “bên em chưa bao giờ bị”.", "Nói khi nào có chuyện thì gọi lại tổng đài."),
    },
    "fault_deadline": {
        "yes": ("Hẹn giải quyết trong 15 ngày làm việc.",),
        "no": ("Không nói được trong bao lâu thì có kết quả.",),
    },
    "farewell": {
        "yes": ("Cảm ơn và hỏi còn cần gì không.",),
        "no": ("Nói xong là gác máy.", "Cuộc trò chuyện bị đóng mà không có lời chào."),
    },
    "price_match": {
        "yes": ("Mức phí được báo bằng mức trên trang web.",),
        "no": ("Mức phí được báo cao hơn trang web 90.000 ₫ một năm.",),
    },
    "time_match": {
        "yes": ("Thời gian cấp hợp đồng giống trên trang web.",),
        "no": ("Trang web ghi cấp trong ngày, nhân viên nói ba ngày.",),
    },
    "channels_agree": {
        "yes": ("Hỏi lại ở kênh khác được cùng mức phí.",),
        "no": ("Kênh thứ hai báo mức phí khác.", "Kênh thứ hai nói gói này đã ngừng bán."),
    },
    "promise_kept": {
        "yes": ("Bảng quyền lợi được gửi đúng giờ hẹn.",),
        "no": ("Hẹn gửi bảng quyền lợi trong buổi chiều, đến hôm sau vẫn chưa có.",),
    },
}

PRAISE: Mapping[str, tuple[str, ...]] = {
    "issue": ("Nên giữ cách trả lời thẳng vào lúc có sự cố.",),
    "attitude": ("Nhân viên nhã nhặn và hiểu sản phẩm, nên giữ.",),
    "convenience": ("Cách liên hệ dễ tìm, nên giữ như vậy.",),
    "consistency": ("Các kênh nói giống nhau nên tôi yên tâm.",),
    "speed": ("Được trả lời nhanh là điểm đáng giữ nhất.",),
}
WISHES: Mapping[str, tuple[str, ...]] = {
    "issue": ("Nên nói rõ khi có sự cố thì ai giải quyết và trong bao lâu.",),
    "attitude": ("Nên hỏi nhu cầu của khách trước khi giới thiệu gói.",),
    "convenience": ("Nên bớt số lần chuyển máy và đưa cách liên hệ lên đầu trang.",),
    "consistency": ("Cần cho mọi kênh cùng một bảng phí.",),
    "speed": ("Nên báo cho khách biết còn phải chờ bao lâu.",),
}
