// URLs of stores: what is accepted has a host, a bucket and a prefix that cannot be anything else.
#include "base/check.hpp"
#include "store/remote_url.hpp"

#include <algorithm>

using namespace cp;

namespace {

bool is_plain(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto url = store::parse_remote_url(text, Environment{});
    if (!url) {
        CP_CHECK(url.error().code == errc::bad_config && !url.error().line.empty());
        return 0;
    }
    CP_CHECK(!url->bucket.empty() && url->bucket.find('/') == std::string::npos && is_plain(url->bucket));
    CP_CHECK(is_plain(url->prefix) && (url->prefix.empty() || url->prefix.ends_with('/')));
    CP_CHECK(is_plain(url->endpoint) && is_plain(url->region));
    const std::string address = store::bucket_address(*url);
    CP_CHECK(address.ends_with('/') && address.starts_with("http") && is_plain(address));
    (void)store::is_private_address(address);
    return 0;
}
