// One HTTP request and its answer, for programs that may wait: blocks until the answer is there or the time
// is over. Beast is hidden here. HTTP or HTTPS over IPv4.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace cp::client {

struct HttpCall {
    std::string to; // "127.0.0.1:3000", "https://127.0.0.1:3000"
    std::string method = "GET";
    std::string target; // "/users"
    std::string content_type{};
    std::string body{};
    std::string token{};        // sent as bearer when not empty
    std::filesystem::path ca{}; // whom HTTPS trusts; empty: the system's authorities
};

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

// `go_on` is asked ten times a second meanwhile, on this thread; false ends the exchange. Errors: bad_config
// (`ca`); no_leader, when nobody answers there in time; `sent` says whether the request may have had an
// effect.
[[nodiscard]] Outcome<HttpAnswer> exchange(const HttpCall&, Duration timeout,
                                           const std::function<bool()>& go_on, bool* sent = nullptr);

} // namespace cp::client
