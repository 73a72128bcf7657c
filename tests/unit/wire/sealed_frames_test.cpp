// Whole datagrams against tests/vectors/frames.txt.
#include "outcome.hpp"
#include "samples.hpp"
#include "support/party.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;

namespace {

const TimePoint now{std::chrono::hours{1}};

struct Vectors {
    std::vector<VectorRecord> records = read_vectors("frames.txt");
    Party sender{identity_of("sender"), endpoint(1)};
    Party receiver{identity_of("receiver"), endpoint(2)};

    [[nodiscard]] Identity identity_of(const std::string& who) const {
        const VectorRecord& given = find(records, "identities");
        Identity self;
        self.session.bytes = array_from_hex<12>(given.text(who));
        self.key.bytes = array_from_hex<32>(given.text("key"));
        self.cluster = given.text("cluster");
        return self;
    }
};

Message sample_of_type(MessageType type) {
    for (Sample& sample : samples()) {
        if (type_of(sample.message) == type) return std::move(sample.message);
    }
    throw std::invalid_argument{"no sample of this type"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(sealed_frames)

BOOST_AUTO_TEST_CASE(messages_are_sealed_into_their_known_answers) {
    Vectors vectors;
    Bytes buffer(limits::datagram_max);
    std::size_t compared = 0;
    for (const VectorRecord& record : vectors.records) {
        if (!record.has("lane")) continue;
        const auto lane = static_cast<Lane>(std::stoul(record.text("lane")));
        const Outgoing item{lane, lane == Lane::unicast ? vectors.receiver.self.session : SessionId{},
                            std::stoull(record.text("number")),
                            sample_of_type(static_cast<MessageType>(std::stoul(record.text("type"))))};
        const std::size_t size = vectors.sender.sealer.seal(item, buffer);
        BOOST_TEST(to_hex(std::span{buffer}.first(size)) == record.text("datagram"), record.name);
        ++compared;
    }
    BOOST_TEST(compared == 3U);
}

BOOST_AUTO_TEST_CASE(known_answers_open_once_their_sender_is_proven) {
    Vectors vectors;
    prove(now, vectors.sender, vectors.receiver);
    for (const VectorRecord& record : vectors.records) {
        if (!record.has("lane")) continue;
        const auto opened = vectors.receiver.hear(now, record.bytes("datagram"), vectors.sender);
        BOOST_TEST(outcome(opened) == "ok", record.name);
        if (!opened) continue;
        BOOST_TEST(static_cast<unsigned>(type_of(opened->message)) == std::stoul(record.text("type")));
        BOOST_TEST(opened->number == std::stoull(record.text("number")));
        BOOST_TEST(static_cast<unsigned>(opened->lane) == std::stoul(record.text("lane")));
    }
}

BOOST_AUTO_TEST_CASE(every_datagram_that_must_be_refused_is_refused_for_its_reason) {
    std::size_t refused = 0;
    Vectors vectors;
    for (const VectorRecord& record : vectors.records) {
        if (!record.has("datagram") || record.text("expected") == "ok") continue;
        Party host{vectors.receiver.self, endpoint(2)}; // knows nobody
        const auto opened = host.hear(now, record.bytes("datagram"), endpoint(1));
        BOOST_TEST(outcome(opened) == record.text("expected"), record.name);
        ++refused;
    }
    BOOST_TEST(refused > 20U);
}

BOOST_AUTO_TEST_SUITE_END()
