// A request and its answer as the handlers see them, without a word of Beast.
#pragma once

#include "base/endpoint.hpp"
#include "base/payload.hpp"
#include "web/routes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cp::http {

// Views live as long as the connection waits for the answer.
struct Request {
    web::Method method = web::Method::other;
    std::string_view verb;   // as it came: "HEAD"
    std::string_view target; // as it came
    web::Target path;
    const web::Route* route = nullptr;
    std::vector<std::string_view> values; // of the route's braces
    Endpoint peer;
    std::string_view host;
    std::string_view origin;
    std::string_view authorization;
    std::string_view cookie;
    std::string_view accept;
    std::string_view content_type;
    std::string_view if_none_match;
    std::string_view last_event_id;
    std::string_view task_token;
    std::string_view forwarded; // by another node (forward.hpp)
    std::string body;
};

struct Response {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
    Payload bytes{}; // instead of `body`, when set
    std::vector<std::pair<std::string, std::string>> headers{};
    bool close = false;  // the connection, after this answer
    bool events = false; // no body: a stream of events follows
};

[[nodiscard]] std::string_view reason(unsigned status); // "Not Found"
[[nodiscard]] Response refusal(unsigned status, std::string_view message);

} // namespace cp::http
