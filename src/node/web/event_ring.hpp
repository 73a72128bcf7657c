// The last events of a node under rising numbers, for pages that come late or come again (server-sent
// events). Bounded; not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::web {

struct Event {
    std::uint64_t id = 0;
    std::string name; // "leader_changed"
    std::string data; // one line of JSON
};

class EventRing {
public:
    // Numbers begin at `first`; a program that starts again begins higher, so that an old number is seen as
    // old.
    explicit EventRing(std::uint64_t first = 1, std::size_t most = 1000) : next_{first}, most_{most} {}

    void push(std::string name, std::string data);
    // The events after number `last`, or nothing when some of them are gone or the number is from another
    // life: then whoever asks has to load everything anew ("resync").
    [[nodiscard]] std::optional<std::vector<Event>> after(std::uint64_t last) const;
    [[nodiscard]] std::uint64_t last() const { return next_ - 1; }
    // After this number at most `wanted` events have happened, and all of them are still here.
    [[nodiscard]] std::uint64_t before_last(std::size_t wanted) const {
        return last() - std::min(wanted, events_.size());
    }

private:
    std::uint64_t next_;
    std::size_t most_;
    std::deque<Event> events_;
};

// As it travels: "id: 7\nevent: leader_changed\ndata: {…}\n\n".
[[nodiscard]] std::string sse_text(const Event&);

} // namespace cp::web
