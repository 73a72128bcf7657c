// JSON bodies: what is accepted has the strict form, and what we write of it reads back the same.
#include "base/check.hpp"
#include "web/bodies.hpp"
#include "web/names.hpp"

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto user = web::read_user_at(text)) {
        CP_CHECK(web::is_user(user->username) && web::is_address(user->addr));
        const auto again = web::read_user_at(R"({"username":)" + web::json_text(user->username) +
                                             R"(,"addr":)" + web::json_text(user->addr) + '}');
        CP_CHECK(again && again->username == user->username && again->addr == user->addr);
    }
    if (const auto profile = web::read_profile(text)) {
        const auto again = web::read_profile(web::to_json(*profile));
        CP_CHECK(again && again->username == profile->username && again->id == profile->id);
    }
    return 0;
}
