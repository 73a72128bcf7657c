// Forms: the first line of the input is the Content-Type, the rest the body. What is found stands in the
// body.
#include "base/check.hpp"
#include "web/multipart.hpp"
#include "web/names.hpp"
#include "web/task_order.hpp"

#include <algorithm>

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string body{text.substr(std::min(line + 1, text.size()))};
    const auto field = web::multipart_field(text.substr(0, line), body, "image");
    if (field)
        CP_CHECK(body.find(*field) != std::string::npos);
    else
        CP_CHECK(field.error().code == errc::bad_field && !field.error().line.empty());
    if (const auto form = web::multipart_form(text.substr(0, line), body))
        for (const auto& part : *form)
            CP_CHECK(!part.name.empty() && body.find(part.content) != std::string::npos);
    if (const auto order = web::read_task_order(text.substr(0, line), body)) {
        CP_CHECK(web::is_user(order->user) && !order->image.empty());
        CP_CHECK(order->hide == (order->text || order->file) && !(order->text && order->file));
        CP_CHECK(order->image_name.find('/') == std::string::npos);
    }
    return 0;
}
