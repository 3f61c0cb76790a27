"""The demo agency's ready notes: title, Vietnamese, English."""

READY_NOTES = (
    (
        "Ảnh chưa đủ rõ",
        "Ảnh này mờ hoặc quá tối nên chưa làm bằng chứng được. Nếu còn ảnh khác cùng lúc đó, anh/chị gửi thêm giúp.",
        "This photo is blurred or too dark to serve as evidence. If you have another one, please add it.",
    ),
    (
        "Ảnh chưa đúng câu hỏi",
        "Ảnh chưa cho thấy điều câu hỏi cần. Anh/chị gửi đúng ảnh, hoặc ghi rõ vì sao không chụp được.",
        "The photo does not show what the question asks for. Please send the right one, or say why there is none.",
    ),
    (
        "Cần sự việc, không phải cảm nhận",
        "Anh/chị ghi giúp điều đã thấy và nghe: ai nói gì, làm gì, vào lúc nào. Tránh những từ như “tốt”.",
        "Please write what you saw and heard: who said or did what, and when. Avoid words such as “good”.",
    ),
    (
        "Giờ bắt đầu và kết thúc",
        "Thời gian chờ chưa khớp với các câu khác. Anh/chị xem lại lúc bắt đầu và lúc kết thúc giúp.",
        "The waiting time does not fit the other answers. Please check when it began and when it ended.",
    ),
    (
        "Hai câu mâu thuẫn",
        "Câu này chưa khớp với câu liên quan. Anh/chị xem lại cả hai và sửa câu chưa đúng.",
        "This answer does not fit a related one. Please look at both and correct the one that is wrong.",
    ),
    (
        "Thiếu tên món hoặc số tiền",
        "Anh/chị ghi thêm tên món đã mua và số tiền trên hóa đơn, để đối chiếu với giá niêm yết.",
        "Please add what you bought and the amount on the receipt, so that it can be compared with the price tag.",
    ),
    (
        "Không nêu tên nhân viên",
        "Phần nhận xét không nêu tên nhân viên. Anh/chị viết lại theo vị trí giúp, ví dụ “nhân viên ở quầy thứ hai”.",
        "Comments do not name members of staff. Please describe where they were, such as “at the second counter”.",
    ),
    (
        "Vị trí cách chi nhánh",
        "Vị trí điện thoại ghi lại cách chi nhánh khá xa. Anh/chị ghi giúp đã chụp ảnh ở đâu và đi vào bằng lối nào.",
        "The position that the phone told is some way from the branch. Please say where you took the photos.",
    ),
)
