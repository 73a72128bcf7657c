// docs/protocol.md, "Messages". The known answers are made by tests/vectors/make_frames.py, not by our codec.
#include "allocation_watch.hpp"
#include "outcome.hpp"
#include "samples.hpp"
#include "support/vector_file.hpp"
#include "wire/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;

namespace {

Bytes encoded(const Message& message) {
    Bytes out(limits::datagram_max);
    const auto size = encode(message, out);
    BOOST_TEST_REQUIRE(size.has_value());
    out.resize(*size);
    return out;
}

bool is_bulk(const Message& message) {
    return std::holds_alternative<Data>(message) || std::holds_alternative<Parity>(message);
}

MessageType type_in(const VectorRecord& record) {
    return static_cast<MessageType>(std::stoul(record.text("type")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(there_is_a_sample_of_every_message) {
    std::set<std::size_t> seen;
    std::set<MessageType> types;
    for (const Sample& sample : samples()) {
        seen.insert(sample.message.index());
        types.insert(type_of(sample.message));
    }
    BOOST_TEST(seen.size() == std::variant_size_v<Message>);
    BOOST_TEST(types.size() == std::variant_size_v<Message>, "two messages share a number");
}

BOOST_AUTO_TEST_CASE(every_message_is_written_as_its_known_answer) {
    const auto vectors = read_vectors("frames.txt");
    for (const Sample& sample : samples()) {
        const VectorRecord& known = find(vectors, sample.name);
        BOOST_TEST((type_of(sample.message) == type_in(known)), sample.name);
        BOOST_TEST(to_hex(encoded(sample.message)) == known.text("body"), sample.name);
    }
}

// The known bytes name every field once, and writing is tested above: so bytes that come back unchanged prove
// that reading puts every field where it belongs.
BOOST_AUTO_TEST_CASE(every_known_body_reads_as_expected_and_is_written_back_unchanged) {
    std::size_t refused = 0;
    for (const VectorRecord& record : read_vectors("frames.txt")) {
        if (!record.has("body") || record.has("datagram")) continue;
        const Bytes body = record.bytes("body");
        const auto message = decode(type_in(record), body);
        BOOST_TEST(outcome(message) == record.text("expected"), record.name);
        if (message) BOOST_TEST((encoded(*message) == body), record.name);
        refused += message ? 0U : 1U;
    }
    BOOST_TEST(refused > 20U);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
    for (const Sample& sample : samples()) {
        const Bytes body = encoded(sample.message);
        // The segment ends where the datagram does; the seal says whether that is where the sender ended it.
        const std::size_t sizes = is_bulk(sample.message) ? limits::data_header_size : body.size();
        for (std::size_t size = 0; size < sizes; ++size) {
            const auto message = decode(type_of(sample.message), ByteView{body}.first(size));
            BOOST_TEST(outcome(message) == "truncated", sample.name << " cut to " << size);
        }
    }
}

BOOST_AUTO_TEST_CASE(trailing_bytes_are_refused_except_where_the_segment_takes_them) {
    for (const Sample& sample : samples()) {
        Bytes body = encoded(sample.message);
        body.push_back(std::byte{0});
        const auto message = decode(type_of(sample.message), body);
        BOOST_TEST(outcome(message) == (is_bulk(sample.message) ? "ok" : "trailing_bytes"), sample.name);
    }
}

BOOST_AUTO_TEST_CASE(a_type_that_nobody_assigned_is_unknown_whatever_its_body) {
    std::set<unsigned> assigned;
    for (const Sample& sample : samples()) assigned.insert(static_cast<unsigned>(type_of(sample.message)));
    for (unsigned type = 0; type < 256; ++type) {
        if (assigned.contains(type)) continue;
        for (std::size_t size : {0U, 8U, 64U, 1428U}) {
            BOOST_TEST(outcome(decode(static_cast<MessageType>(type), Bytes(size))) == "unknown_type", type);
        }
    }
}

// Whatever a single changed byte makes of a message, it is refused, or it is another message of its own.
BOOST_AUTO_TEST_CASE(every_changed_byte_is_refused_or_read_back_as_it_stands) {
    for (const Sample& sample : samples()) {
        Bytes body = encoded(sample.message);
        for (std::byte& b : body) {
            const std::byte before = b;
            for (unsigned value : {0x00U, 0x01U, 0x02U, 0x7fU, 0xffU}) {
                b = static_cast<std::byte>(value);
                if (const auto message = decode(type_of(sample.message), body)) {
                    BOOST_TEST((encoded(*message) == body), sample.name);
                }
            }
            b = before;
        }
    }
}

BOOST_AUTO_TEST_CASE(a_count_that_the_bytes_do_not_pay_for_is_refused_before_anything_is_allocated) {
    const auto vectors = read_vectors("frames.txt");
    for (const char* name :
         {"members that claims 65535 entries in 10 bytes", "members that claims one more than is there",
          "setup that claims 65535 receivers", "announce whose text is longer than the body"}) {
        const VectorRecord& record = find(vectors, name);
        const Bytes body = record.bytes("body");
        const AllocationWatch watch;
        const auto message = decode(type_in(record), body);
        BOOST_TEST(watch.largest() <= 32U, name);
        BOOST_TEST(outcome(message) == "truncated", name);
    }
}

BOOST_AUTO_TEST_CASE(a_full_body_of_claims_allocates_no_more_than_a_few_times_its_size) {
    for (const Sample& sample : samples()) {
        Bytes body = encoded(sample.message);
        body.resize(limits::control_body_max);
        for (std::size_t at = 0; at + 2 <= 64; ++at) { // a count of 1 400 wherever one may stand
            Bytes hostile = body;
            hostile[at] = std::byte{0x05};
            hostile[at + 1] = std::byte{0x78};
            const AllocationWatch watch;
            [[maybe_unused]] const auto message = decode(type_of(sample.message), hostile);
            BOOST_TEST(watch.largest() <= 4 * limits::control_body_max, sample.name << " at " << at);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_the_buffer_is_too_large_and_never_written_beyond_it) {
    for (const Sample& sample : samples()) {
        const std::size_t whole = encoded(sample.message).size();
        for (std::size_t room = 0; room < whole; ++room) {
            Bytes buffer(whole, std::byte{0xa5});
            const auto size = encode(sample.message, std::span{buffer}.first(room));
            BOOST_TEST(outcome(size) == "too_large", sample.name << " into " << room);
            const auto beyond = std::span{buffer}.subspan(room);
            BOOST_TEST(std::ranges::count(beyond, std::byte{0xa5}) == std::ssize(beyond), sample.name);
        }
        Bytes exact(whole);
        BOOST_TEST((encode(sample.message, exact) == whole), sample.name);
    }
}

BOOST_AUTO_TEST_CASE(a_control_message_never_exceeds_one_ethernet_datagram_whatever_the_buffer) {
    Bytes buffer(limits::datagram_max);
    const std::size_t fixed = encoded(TaskFailed{}).size();
    TaskFailed failed;
    failed.reason.resize(limits::control_body_max - fixed);
    BOOST_TEST((encode(failed, buffer) == limits::control_body_max));
    failed.reason += 'x';
    BOOST_TEST(outcome(encode(failed, buffer)) == "too_large");
    failed.reason.resize(70'000); // over what a count can say
    BOOST_TEST(outcome(encode(failed, buffer)) == "too_large");
}

BOOST_AUTO_TEST_CASE(numbers_that_their_field_cannot_hold_are_too_large) {
    Bytes buffer(limits::datagram_max);
    BOOST_TEST((encode(Data{{}, 0xffffff, false, {}}, buffer) == 8U));
    BOOST_TEST(outcome(encode(Data{{}, 0x1000000, false, {}}, buffer)) == "too_large");
    BOOST_TEST(outcome(encode(Parity{{}, 0, limits::parity_per_block_max, false, {}}, buffer)) ==
               "too_large");
    BOOST_TEST(outcome(encode(Parity{{}, 0x1000000, 0, false, {}}, buffer)) == "too_large");
    Report report;
    report.have = 0x1000000;
    BOOST_TEST(outcome(encode(report, buffer)) == "too_large");
    report.have = 0;
    report.gaps = {{0x1000000, {}}};
    BOOST_TEST(outcome(encode(report, buffer)) == "too_large");
    report.gaps.clear();
    report.gaps.resize(limits::gaps_per_report_max + 1);
    BOOST_TEST(outcome(encode(report, buffer)) == "too_large");
}

BOOST_AUTO_TEST_CASE(every_message_at_its_bound_fits_one_ethernet_datagram_and_comes_back) {
    Introduction wordy;
    wordy.version.assign(limits::text_max, 'v');
    wordy.api.assign(limits::text_max, 'a');
    Setup setup;
    setup.receivers.resize(limits::receivers_max);
    Members members;
    members.entries.resize(limits::members_per_datagram);
    Report report;
    report.gaps.resize(limits::gaps_per_report_max);
    TaskFailed failed;
    failed.reason.assign(limits::text_max, 'r');
    LedgerSummary summary;
    summary.entries.resize(limits::ledger_entries_per_datagram);
    const std::vector<Message> largest{
        Announce{wordy}, Discover{wordy}, Proof{.who = wordy}, setup, members, report, failed, summary};
    for (const Message& message : largest) {
        const Bytes body = encoded(message);
        BOOST_TEST(body.size() <= limits::control_body_max);
        const auto back = decode(type_of(message), body);
        BOOST_TEST(outcome(back) == "ok");
        if (back) BOOST_TEST((encoded(*back) == body));
    }
}

BOOST_AUTO_TEST_CASE(a_segment_of_the_largest_datagram_fits_and_one_byte_more_does_not) {
    Bytes buffer(limits::datagram_max - limits::frame_header_size - limits::seal_tag_size);
    const Bytes segment(limits::segment_max + 1);
    BOOST_TEST(
        (encode(Data{{}, 0, false, ByteView{segment}.first(limits::segment_max)}, buffer) == buffer.size()));
    BOOST_TEST(outcome(encode(Data{{}, 0, false, segment}, buffer)) == "too_large");
}

BOOST_AUTO_TEST_CASE(an_empty_segment_is_a_segment) {
    const auto message = decode(MessageType::data, encoded(Data{TransferId{1}, 2, false, {}}));
    BOOST_TEST_REQUIRE(message.has_value());
    BOOST_TEST(std::get<Data>(*message).bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_decoded_segment_is_a_view_into_the_body) {
    const Bytes body = encoded(Data{TransferId{1}, 2, true, as_bytes("segment")});
    const auto message = decode(MessageType::data, body);
    BOOST_TEST_REQUIRE(message.has_value());
    BOOST_TEST((std::get<Data>(*message).bytes.data() == body.data() + limits::data_header_size));
}

BOOST_AUTO_TEST_SUITE_END()
