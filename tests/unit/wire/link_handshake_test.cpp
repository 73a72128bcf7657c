#include "outcome.hpp"
#include "support/vector_file.hpp"
#include "wire/link_handshake.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;

namespace {

const std::vector<VectorRecord>& vectors() {
    static const auto records = read_vectors("link_handshake.txt");
    return records;
}
const VectorRecord& known() { return find(vectors(), "handshake"); }

SessionId session(const std::string& name) { return {array_from_hex<12>(known().text(name))}; }

LinkSecrets secrets(const std::string& side) {
    return {array_from_hex<32>(known().text("link_key")), session(side),
            array_from_hex<16>(known().text(side + "_random"))};
}

// A handshake that succeeds, for tests that spoil it.
struct Handshake {
    LinkClient client{secrets("client"), session("server")};
    LinkServer server{secrets("server")};
    LinkAnswer answer = server.on_hello(client.hello()).value();
    LinkProof proof = client.on_answer(answer).value();
};

template <std::size_t N>
std::array<std::byte, N> flipped(std::array<std::byte, N> bytes, std::size_t at) {
    bytes[at] ^= std::byte{0x01};
    return bytes;
}

Identity identity(std::byte first) {
    Identity self;
    self.session.bytes.fill(first);
    self.secret.fill(std::byte{0x5a});
    return self;
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_handshake)

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_a_second_implementation) {
    const Handshake made;
    BOOST_TEST(to_hex(made.client.hello()) == known().text("hello"));
    BOOST_TEST(to_hex(made.answer) == known().text("answer"));
    BOOST_TEST(to_hex(made.proof) == known().text("proof"));
    BOOST_TEST((made.server.on_proof(made.proof).value() == session("client")));
}

BOOST_AUTO_TEST_CASE(key_and_random_parts_are_derived_as_the_document_says) {
    Identity self = identity(std::byte{0xa0});
    self.key = {array_from_hex<32>(known().text("key"))};
    LinkChallenges challenges{self};
    const LinkSecrets first = challenges.next();
    BOOST_TEST(to_hex(first.key) == known().text("link_key"));
    BOOST_TEST(to_hex(first.random) == find(vectors(), "challenges").text("random_1"));
    BOOST_TEST(to_hex(challenges.next().random) == find(vectors(), "challenges").text("random_2"));
    BOOST_TEST((first.self == self.session));
}

BOOST_AUTO_TEST_CASE(any_changed_bit_of_an_answer_is_refused) {
    const Handshake made;
    for (std::size_t at = 0; at < made.answer.size(); ++at)
        BOOST_TEST(outcome(made.client.on_answer(flipped(made.answer, at))) == "not_authentic",
                   "byte " << at);
}

BOOST_AUTO_TEST_CASE(any_changed_bit_of_a_proof_is_refused) {
    const Handshake made;
    for (std::size_t at = 0; at < made.proof.size(); ++at)
        BOOST_TEST(outcome(made.server.on_proof(flipped(made.proof, at))) == "not_authentic", "byte " << at);
}

BOOST_AUTO_TEST_CASE(a_hello_that_was_changed_on_its_way_makes_an_answer_that_is_refused) {
    const LinkClient client{secrets("client"), session("server")};
    for (std::size_t at = 4; at < link_hello_size; ++at) { // before that it is refused at once
        LinkServer server{secrets("server")};
        const auto answer = server.on_hello(flipped(client.hello(), at));
        BOOST_TEST(outcome(client.on_answer(answer.value())) == "not_authentic", "byte " << at);
    }
}

BOOST_AUTO_TEST_CASE(each_field_of_a_hello_is_refused_by_its_own_name) {
    const LinkHello good = Handshake{}.client.hello();
    LinkServer server{secrets("server")};
    const auto refused = [&](ByteView hello) { return outcome(server.on_hello(hello)); };
    BOOST_TEST(refused({}) == "truncated");
    BOOST_TEST(refused(ByteView{good}.first(good.size() - 1)) == "truncated");
    Bytes longer{good.begin(), good.end()};
    longer.push_back({});
    BOOST_TEST(refused(longer) == "trailing_bytes");
    BOOST_TEST(refused(flipped(good, 0)) == "wrong_magic");
    BOOST_TEST(refused(flipped(good, 2)) == "wrong_magic");
    BOOST_TEST(refused(flipped(good, 3)) == "wrong_version");
    LinkHello nobody = good;
    std::fill_n(nobody.begin() + 4, 12, std::byte{});
    BOOST_TEST(refused(nobody) == "bad_field");
}

BOOST_AUTO_TEST_CASE(answers_and_proofs_of_another_length_are_refused) {
    const Handshake made;
    Bytes answer{made.answer.begin(), made.answer.end()};
    BOOST_TEST(outcome(made.client.on_answer(ByteView{answer}.first(answer.size() - 1))) == "truncated");
    BOOST_TEST(outcome(made.client.on_answer({})) == "truncated");
    answer.push_back({});
    BOOST_TEST(outcome(made.client.on_answer(answer)) == "trailing_bytes");
    BOOST_TEST(outcome(made.server.on_proof({})) == "not_authentic");
    BOOST_TEST(outcome(made.server.on_proof(ByteView{made.proof}.first(31))) == "not_authentic");
}

BOOST_AUTO_TEST_CASE(what_comes_back_to_its_sender_is_refused) {
    const Handshake made;
    LinkServer ourselves{secrets("client")};
    BOOST_TEST(outcome(ourselves.on_hello(made.client.hello())) == "own_echo");
    // A hello has not the size of an answer, so a mirror would have to fill it up.
    LinkAnswer mirrored{};
    std::copy_n(made.client.hello().begin() + 4, 28, mirrored.begin());
    BOOST_TEST(outcome(made.client.on_answer(mirrored)) == "own_echo");
    BOOST_TEST(outcome(made.server.on_proof(ByteView{made.answer}.last(link_proof_size))) == "not_authentic");
}

BOOST_AUTO_TEST_CASE(an_answer_does_not_fit_another_hello_of_the_same_client) {
    const Handshake made;
    LinkSecrets later = secrets("client");
    later.random[15] ^= std::byte{1};
    const LinkClient again{later, session("server")};
    BOOST_TEST(outcome(again.on_answer(made.answer)) == "not_authentic");
}

BOOST_AUTO_TEST_CASE(a_proof_does_not_fit_another_challenge_of_the_same_server) {
    const Handshake made;
    LinkSecrets later = secrets("server");
    later.random[0] ^= std::byte{1};
    LinkServer again{later};
    (void)again.on_hello(made.client.hello());
    BOOST_TEST(outcome(again.on_proof(made.proof)) == "not_authentic");
}

BOOST_AUTO_TEST_CASE(another_session_of_the_cluster_is_told_from_a_stranger) {
    const LinkClient client{secrets("client"), SessionId{array_from_hex<12>("c0c1c2c3c4c5c6c7c8c9cacb")}};
    LinkServer server{secrets("server")};
    BOOST_TEST(outcome(client.on_answer(server.on_hello(client.hello()).value())) == "conflict");
}

BOOST_AUTO_TEST_CASE(another_key_or_cluster_name_is_not_authentic) {
    const Identity ours = identity(std::byte{0xa0});
    Identity other_key = identity(std::byte{0xb0});
    other_key.key.bytes[31] = std::byte{1};
    Identity other_cluster = identity(std::byte{0xb0});
    other_cluster.cluster = "defaulu";
    for (const Identity& theirs : {other_key, other_cluster}) {
        const LinkClient client{LinkChallenges{ours}.next(), theirs.session};
        LinkServer server{LinkChallenges{theirs}.next()};
        BOOST_TEST(outcome(client.on_answer(server.on_hello(client.hello()).value())) == "not_authentic");
    }
}

BOOST_AUTO_TEST_CASE(a_proof_before_a_hello_proves_nothing) {
    LinkServer server{secrets("server")};
    BOOST_TEST(outcome(server.on_proof(Digest{})) == "unproven");
    // Nor does one after a hello that was refused.
    Handshake made;
    (void)made.server.on_hello({});
    BOOST_TEST(outcome(made.server.on_proof(made.proof)) == "unproven");
}

BOOST_AUTO_TEST_SUITE_END()
