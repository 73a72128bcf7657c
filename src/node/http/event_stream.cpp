// Session: server-sent events.
#include "http/counted.hpp"
#include "http/session.hpp"
#include "net/clock.hpp"

#include <cstdlib>

namespace cp::http {
namespace {

using namespace std::chrono_literals;

constexpr auto frame_gap = 250ms; // between two frames of the live view
constexpr auto ping_gap = 15s;

} // namespace

asio::awaitable<bool> Session::stream(const Request& request, Response response) {
    if (shared_.streams >= shared_.limits.streams) {
        Response full = refusal(503, "too many streams of events");
        full.headers.emplace_back("Retry-After", "5");
        co_return co_await send(full, route_name(request)) && keep_;
    }
    const Counted one_more{shared_.streams};
    keep_ = false;
    write_head(response, std::nullopt);
    if (!is_head_) co_await pump(request);
    co_return false;
}

asio::awaitable<void> Session::pump(const Request& request) {
    Api& api = shared_.api;
    std::uint64_t last = api.ring().last();
    if (!request.last_event_id.empty()) {
        const std::string id{request.last_event_id.substr(0, 20)};
        last = std::strtoull(id.c_str(), nullptr, 10);
    } else if (const std::string* wanted = request.path.parameter("history")) {
        last = api.ring().before_last(std::strtoull(wanted->c_str(), nullptr, 10));
    }
    std::shared_ptr<const ClusterView> shown;
    TimePoint next_frame = net::now();
    TimePoint written = net::now();
    std::string text = std::move(head_);
    text += "retry: 500\n\n";
    while (!connection_->draining) {
        const auto missed = api.ring().after(last);
        if (!missed) text += "event: resync\ndata: {}\n\n";
        for (const auto& event : missed.value_or(std::vector<web::Event>{})) text += web::sse_text(event);
        last = api.ring().last();
        const TimePoint now = net::now();
        if (now >= next_frame && api.current() != shown) {
            shown = api.current();
            next_frame = now + frame_gap;
            text += "event: state\ndata: " + api.state_json() + "\n\n";
        }
        if (text.empty() && now - written >= ping_gap) text = ": still here\n\n";
        if (!text.empty()) {
            connection_->deadline = now + shared_.limits.answer_time;
            const auto [error, size] = co_await stream_.write({asio::buffer(text), asio::const_buffer{}});
            if (error) co_return;
            written = net::now();
            text.clear();
        }
        connection_->deadline = never;
        co_await api.changed(net::now() + frame_gap);
    }
}

} // namespace cp::http
