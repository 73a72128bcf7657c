// A detector whose leader has just fallen silent, and what it says.
#pragma once

#include "membership/failure_detector.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace cp::membership {

using namespace std::chrono_literals;

inline SessionId session(std::uint8_t number) {
    SessionId id;
    id.bytes.fill(std::byte{number});
    return id;
}

struct Name {
    std::string operator()(const Suspected& e) const { return "suspected " + to_text(e.node); }
    std::string operator()(const Cleared& e) const { return "cleared " + to_text(e.node); }
    std::string operator()(const Lost& e) const {
        return "lost " + to_text(e.node) + (e.leader ? " leader" : "");
    }
};

// Node 5 leads; its beats stop at `start`.
struct Detector {
    static constexpr TimePoint start{1h};

    Detector() { detector.watch(now, NodeId{5}, session(5), true); }

    void follower(std::uint32_t node) {
        detector.watch(now, NodeId{node}, session(static_cast<std::uint8_t>(node)), false);
    }
    void heard(std::uint32_t node) {
        detector.heard(now, NodeId{node}, session(static_cast<std::uint8_t>(node)));
    }
    // Serves the deadline at `now`: "suspected 5; lost 2", empty when nothing happened.
    std::string serve() {
        std::string text;
        if (const Duration away = detector.wake(now); away != Duration::zero())
            text = "away " + std::to_string(to_ms(away));
        for (const DetectorEvent& event : detector.on_deadline(now, out)) {
            text += (text.empty() ? "" : "; ") + std::visit(Name{}, event);
        }
        return text;
    }
    // Serves deadlines, each on time, until something happens.
    std::string next_event() {
        for (int calls = 0; calls < 1000; ++calls) {
            BOOST_TEST_REQUIRE((detector.deadline() != never));
            now = std::max(now, detector.deadline());
            const std::string text = serve();
            if (!text.empty()) return text;
        }
        return "nothing";
    }

    TimePoint now = start;
    wire::Outbox out;
    FailureDetector detector{NodeId{3}, DetectorConfig{}};

    // Its beat was due at 22 ms, and none of the knocks since was answered.
    void find_unreachable() {
        now = start + 22ms;
        BOOST_TEST(serve() == "");
        now = start + 32ms;
        detector.unreachable(now, NodeId{5});
    }

    // How many of what went out are of that type.
    template <class M>
    std::size_t sent() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            out.items(), [](const auto& item) { return std::holds_alternative<M>(item.message); }));
    }
    void vouch(std::chrono::milliseconds age, bool unreachable = false) {
        detector.on_heard(now, {NodeId{5}, session(5), static_cast<std::uint32_t>(age.count()), unreachable});
    }
    std::string ask_us(std::uint32_t node) {
        out.clear();
        detector.on_heard_from(now, {NodeId{node}, session(static_cast<std::uint8_t>(node))}, out);
        if (out.empty()) return "silent";
        const auto& item = out.items().back();
        return (item.lane == wire::Lane::control ? "tells all " : "tells ") +
               std::to_string(std::get<wire::Heard>(item.message).age_ms);
    }
};

} // namespace cp::membership
