// A sender whose receivers say what the test wants them to say.
#pragma once

#include "unit/transfer/fixtures.hpp"

namespace cp::test {

struct ScriptedSender {
    explicit ScriptedSender(std::size_t segments, unsigned receivers = 2,
                            std::optional<std::uint64_t> ready_bytes = {})
        : transfers{{.self = NodeId{1}, .receive_capacity = 425'984}, budget, now} {
        transfer::SendSpec spec;
        spec.object = object_number(1);
        spec.bytes = random_payload(segments * ethernet_segment);
        spec.segment_bytes = ethernet_segment;
        spec.ready_bytes = ready_bytes;
        for (unsigned i = 0; i < receivers; ++i) spec.receivers.push_back({NodeId{i + 2}, session_number(i)});
        id = transfers.send(now, spec, out);
    }
    // Segments of the Data that pull() lets out.
    std::vector<std::uint32_t> pull(std::size_t most = 100'000) {
        out.clear();
        const std::size_t count = transfers.pull(now, most, out);
        std::vector<std::uint32_t> segments;
        for (const auto& data : sent<wire::Data>(out)) segments.push_back(data.segment);
        BOOST_TEST(count == segments.size() + sent<wire::Parity>(out).size());
        if (!out.empty()) last_number = out.items().back().number;
        return segments;
    }
    wire::Report receiving(std::uint64_t highest, std::uint32_t have, std::uint32_t window = 184) const {
        wire::Report report;
        report.transfer = id;
        report.highest = highest;
        report.window = window;
        report.have = have;
        return report;
    }
    static wire::Report missing(wire::Report report, const std::vector<std::uint32_t>& segments) {
        for (const std::uint32_t s : segments) {
            const std::uint32_t block = s / limits::segments_per_block;
            if (report.gaps.empty() || report.gaps.back().block != block) report.gaps.push_back({block, {}});
            const std::uint32_t bit = s % limits::segments_per_block;
            report.gaps.back().missing[bit / 8] |= std::byte{1} << (bit % 8);
        }
        return report;
    }
    wire::Report state(wire::ReceiverState s) const {
        wire::Report report = receiving(0, 0);
        report.state = s;
        return report;
    }
    void hear(unsigned receiver, const wire::Report& report) {
        out.clear();
        transfers.on_report(now, session_number(receiver), report, out);
        for (auto& event : transfers.take_events()) events.push_back(event);
    }
    void wait() {
        now = transfers.deadline();
        out.clear();
        transfers.on_deadline(now, out);
        if (!out.empty()) last_number = out.items().back().number;
        for (auto& event : transfers.take_events()) events.push_back(event);
    }

    TimePoint now{1s};
    transfer::MemoryBudget budget{1'000'000};
    transfer::Transfers transfers;
    wire::Outbox out;
    wire::TransferId id;
    std::uint64_t last_number = 0;
    std::vector<transfer::TransferEvent> events;
};

} // namespace cp::test
