// Who is online: users whose last heartbeat is younger than a timeout. Every node keeps such a table; the
// leader tells the others what it hears, in ages, because clocks of machines differ (wire::Presence). A
// heartbeat is repeated every 10 s, so what a datagram lost comes again in time.
//
// Bounded, not thread-safe, no clock.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cp::web {

inline constexpr std::size_t presence_max = 10'000;

struct Online {
    std::string user;
    std::string address;
    Duration age{}; // since the last heartbeat
};

class Presence {
public:
    explicit Presence(Duration timeout, std::size_t most = presence_max) : timeout_{timeout}, most_{most} {}

    // A user's own heartbeat. errc::overloaded: the table is full of others.
    [[nodiscard]] Result<void> heartbeat(TimePoint now, std::string_view user, std::string_view address);
    // What another node heard that long ago. The later of two heartbeats counts, with its address.
    void merge(TimePoint now, const Online&);

    [[nodiscard]] std::vector<Online> online(TimePoint now) const; // by name
    [[nodiscard]] std::size_t count(TimePoint now) const;
    void expire(TimePoint now);

private:
    struct Entry {
        std::string address; // empty: just made, nothing heard
        TimePoint heard{};
    };
    Entry* entry(TimePoint now, std::string_view user);
    [[nodiscard]] bool is_online(const Entry& e, TimePoint now) const { return now - e.heard < timeout_; }

    Duration timeout_;
    std::size_t most_;
    std::map<std::string, Entry, std::less<>> entries_;
};

} // namespace cp::web
