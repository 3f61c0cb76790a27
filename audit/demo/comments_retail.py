"""What shoppers write about a shop: question -> outcome -> sentences, as in comments_bank."""

from collections.abc import Mapping

RETAIL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "hours_online": {
        "yes": ("Giờ mở cửa có đủ trên bản đồ và ứng dụng.",),
        "no": ("Bản đồ không ghi giờ mở cửa của cửa hàng này.", "Ứng dụng chỉ có địa chỉ và số điện thoại."),
    },
    "phone_reached": {
        "first": ("Chuông thứ ba có người nghe, xưng tên cửa hàng.",),
        "second": ("Lần đầu không ai nghe, nửa tiếng sau gọi lại thì được.",),
        "none": (
            "Gọi hai lần cách nhau một giờ đều không ai nghe.",
            "Số ghi trên mạng báo không liên lạc được.",
        ),
    },
    "phone_stock": {
        "yes": ("Kiểm tra kho ngay và báo còn bốn hộp.",),
        "no": ("Người nghe máy nói “chị cứ qua xem”, không kiểm tra giúp.",),
    },
    "address_match": {"no": ("Ghim bản đồ lệch sang bên kia ngã tư.",)},
    "hours_match": {
        "no": (
            "Trên mạng ghi mở đến 22:00, tại cửa dán giấy đóng lúc 21:30.",
            "Cửa ghi mở 8:00, ứng dụng ghi 7:00.",
        ),
    },
    "parking_space": {
        "yes": ("Chỗ để xe rộng, bảo vệ ghi vé nhanh.",),
        "no": ("Bãi xe đầy, phải gửi ở chung cư cách chừng 150 m.", "Xe giao hàng chiếm hết chỗ của khách."),
    },
    "entrance_problems": {
        "sign_damaged": ("Biển hiệu tắt đèn hai chữ cuối.", "Góc biển bị rách, gió thổi phần phật."),
        "litter": ("Thùng các tông và ly nhựa vứt cạnh cửa.", "Trước cửa có túi rác chưa dọn."),
        "door_blocked": ("Xe đẩy hàng chắn nửa lối vào.", "Thùng nước suối xếp chồng ngay cửa."),
        "dirty_glass": ("Cửa kính đầy dấu tay, thấy rõ từ xa.",),
        "old_poster": ("Áp phích khuyến mãi tháng trước vẫn dán ở cửa.",),
        "none": ("Mặt tiền sáng, sạch, biển hiệu rõ.",),
    },
    "greeting": {
        "within_10s": ("Vừa vào đã có hai bạn chào, giọng vui vẻ.",),
        "within_1min": ("Khoảng nửa phút sau có bạn xếp kệ quay ra chào.",),
        "later": ("Đi hết một dãy kệ mới có người chào.",),
        "none": (
            "Ba nhân viên đứng ở quầy nói chuyện, không ai chào.",
            "Không ai chào, nhân viên tránh ánh mắt khách.",
            "Nhân viên xếp hàng ngay cạnh nhưng không nói gì.",
        ),
    },
    "badge": {"no": ("Nhân viên mặc áo khoác che mất thẻ tên.", "Không đeo thẻ tên.")},
    "aisle_blocked": {
        "yes": (
            "Hai thùng hàng và xe nâng tay chắn lối giữa kệ gia vị.",
            "Thang nhôm để giữa lối, phải đi vòng dãy bên.",
            "Pallet nước giặt chiếm nửa lối đi, xe đẩy không qua được.",
        ),
        "no": ("Lối đi thông thoáng, đẩy xe thoải mái.",),
    },
    "floor_dirty": {
        "yes": (
            "Vũng nước cạnh tủ mát, đi ngang hai lần vẫn chưa ai lau.",
            "Sàn khu rau có lá dập và vết bùn.",
            "Vết sữa đổ đã khô ở hai chỗ gần quầy.",
        ),
        "no": ("Sàn khô, sạch, vừa lau xong.",),
    },
    "price_tags": {
        "good": ("Nhãn giá đủ, chữ to dễ đọc.",),
        "mid": ("Chỉ {n} trong 5 món có nhãn.", "{n}/5 món có nhãn, một nhãn bị che khuất."),
        "bad": ("Chỉ {n} món có nhãn, phải mang ra quầy hỏi giá.",),
    },
    "price_online_match": {
        "yes": ("Giá trên kệ đúng bằng giá trên ứng dụng.",),
        "no": (
            "Ứng dụng ghi 129.000 ₫, trên kệ 139.000 ₫.",
            "Trên mạng đang giảm 10%, tại kệ vẫn giá cũ.",
            "Nhãn tại kệ cao hơn trên trang web 6.000 ₫.",
        ),
    },
    "help_wait": {
        "good": ("Đứng ở kệ {m} phút đã có bạn tới hỏi cần gì.",),
        "mid": ("Nhìn quanh {m} phút mới có người lại gần.",),
        "bad": (
            "Hơn {m} phút không ai lại, tôi phải ra quầy nhờ.",
            "Mất {m} phút, nhân viên gần nhất đi lướt qua hai lần.",
        ),
    },
    "needs_asked": {
        "yes": ("Hỏi mua cho ai dùng, da có nhạy cảm không rồi mới giới thiệu.",),
        "no": ("Chỉ luôn món đang khuyến mãi, không hỏi tôi cần gì.", "Đưa món đắt nhất, không hỏi thêm."),
    },
    "knowledge": {
        "right": ("Trả lời đúng như bao bì, còn lật mặt sau chỉ cho xem.",),
        "partly": (
            "Nói được cách dùng nhưng bỏ qua câu hỏi về liều lượng.",
            "Trả lời đúng phần đầu, phần bảo quản không nói.",
        ),
        "wrong": (
            "Nói dùng được cho trẻ dưới 3 tuổi, bao bì ghi từ 6 tuổi.",
            "Nói không cần pha loãng, bao bì ghi phải pha.",
        ),
        "none": ("“Em cũng không rõ, chị đọc bao bì giúp em.”", "Lắc đầu rồi quay đi xếp hàng."),
    },
    "attention": {
        "high": ("Dừng hẳn việc xếp hàng để tư vấn cho tôi.",),
        "mid": ("Vừa trả lời vừa xếp hàng.",),
        "low": (
            "Mắt vẫn nhìn điện thoại khi trả lời tôi.",
            "Trả lời nhát gừng, quay sang nói chuyện với đồng nghiệp.",
        ),
    },
    "price_objection": {
        "solution": (
            "Gợi ý gói hai hộp đang giảm, tính ra rẻ hơn chỗ kia.",
            "Giới thiệu nhãn khác cùng loại rẻ hơn.",
        ),
        "reason": ("Giải thích hàng chính hãng có tem nên giá nhỉnh hơn.",),
        "repeat": ("Chỉ nói “giá niêm yết rồi chị”.", "Đọc lại giá trên nhãn, không nói gì thêm."),
        "dismiss": ("Nói “rẻ hơn thì chị qua đó mua”.", "Im lặng rồi bỏ đi chỗ khác."),
    },
    "unknown_question": {
        "yes": ("Nhắn hỏi quản lý rồi quay lại trả lời sau hai phút.",),
        "no": ("Không biết và cũng không hỏi ai giúp.",),
    },
    "alternative_offered": {
        "yes": ("Đề nghị chuyển hàng từ cửa hàng khác về trong hai ngày.",),
        "no": (
            "Nói “hết rồi” và không đưa cách nào khác.",
            "Bảo tuần sau quay lại xem, không ghi số điện thoại.",
        ),
    },
    "interrupted": {
        "yes": ("Đang hỏi thì bị cắt lời “cái đó có ghi hết rồi”.",),
        "no": ("Nghe hết câu hỏi rồi mới trả lời.",),
    },
    "queue": {"no": ("Quầy trống, thanh toán ngay.",)},
    "queue_wait": {
        "good": ("Chờ {m} phút, thu ngân gọi mở thêm quầy.",),
        "mid": ("Chờ {m} phút, chỉ mở một quầy dù có hai người rảnh.",),
        "bad": (
            "Xếp hàng {m} phút, trước tôi sáu người, ba quầy đóng.",
            "Chờ {m} phút, thu ngân rời quầy giữa chừng.",
        ),
    },
    "till_time": {
        "good": ("Quét nhanh, gọn trong {m} phút.",),
        "mid": ("Mất {m} phút vì một món không quét được mã.",),
        "bad": ("Mất {m} phút, máy tính tiền treo phải khởi động lại.",),
    },
    "payment_problems": {
        "method_refused": ("Có dán logo ví điện tử nhưng thu ngân nói không nhận.",),
        "device_failed": ("Mã QR không hiện tiền, thử ba lần mới được.", "Máy thẻ báo lỗi kết nối."),
        "no_change": ("Không có tiền lẻ, trả lại bằng kẹo.", "Thiếu 2.000 ₫ tiền thừa."),
        "moved_till": ("Xếp hàng xong bị chuyển sang quầy khác.",),
        "none": ("Trả bằng mã QR, xong ngay.",),
    },
    "price_charged": {
        "yes": ("Hóa đơn khớp với nhãn từng món.",),
        "no": (
            "Hóa đơn tính 45.000 ₫, nhãn trên kệ 39.000 ₫.",
            "Nhãn ghi mua hai giảm 15%, hóa đơn không trừ.",
            "Một món bị tính giá cũ, cao hơn nhãn 8.000 ₫.",
        ),
    },
    "price_corrected": {
        "yes": ("Báo sai giá, thu ngân ra kệ kiểm tra và trả lại phần chênh.",),
        "no": ("Thu ngân nói máy tính sao thì trả vậy, không tính lại.",),
    },
    "receipt_given": {"no": ("Phải hỏi mới in hóa đơn.", "Thu ngân vo hóa đơn bỏ thùng rác.")},
    "expired_item": {"yes": ("Hộp sữa chua mua tại quầy mát đã quá hạn ba ngày.",)},
    "exchange_solution": {
        "yes": (
            "Đổi ngay sang loại cùng giá, không hỏi nhiều.",
            "Không đổi được loại đó nhưng cho chọn món khác cùng giá.",
        ),
        "no": (
            "Nói hàng ra khỏi quầy là không đổi, không đưa cách nào.",
            "Bảo chờ quản lý, mà quản lý không có mặt.",
        ),
    },
    "exchange_blame": {
        "yes": ("“Sao lúc nãy chị không xem kỹ?”, nói trước mặt khách khác.",),
        "no": ("Nhân viên vui vẻ, không tỏ ra khó chịu.",),
    },
    "exchange_time": {
        "good": ("{m} phút là đổi xong.",),
        "mid": ("Mất {m} phút vì phải gọi quản lý xin mã.",),
        "bad": ("Chờ {m} phút, hai nhân viên nói hai kiểu khác nhau.",),
    },
    "complaint_handled": {
        "solved": ("Báo tủ mát chảy nước, có người lau ngay.",),
        "dated": ("Hứa sửa máy quét trong ngày mai và xin số liên hệ.",),
        "noted": ("Nói “dạ em biết rồi”, không hẹn gì.",),
        "ignored": ("Góp ý hai lần không ai trả lời.",),
    },
    "farewell": {
        "yes": ("Thu ngân cảm ơn và hẹn gặp lại.",),
        "no": ("Ra về không ai chào.", "Thu ngân đưa túi rồi quay đi luôn."),
    },
    "carry_help": {"yes": ("Bảo vệ xách giúp túi nước ra tận xe.",)},
    "raised_voice": {"yes": ("Hai nhân viên cãi nhau to tiếng ở khu kho, khách đều nghe.",)},
    "policy_match": {"no": ("Nhân viên nói đổi trong 24 giờ, trang web ghi 7 ngày.",)},
    "contact_on_receipt": {
        "yes": ("Cuối hóa đơn có số điện thoại và mã QR góp ý.",),
        "no": ("Hóa đơn chỉ có tên cửa hàng, không có số liên hệ.",),
    },
}
