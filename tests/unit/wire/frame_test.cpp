#include "outcome.hpp"
#include "support/vector_file.hpp"
#include "wire/frame.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;

namespace {

Bytes whole_frame(const FrameHeader& header) {
    Bytes datagram(limits::frame_header_size + limits::seal_tag_size);
    write_header(header, std::span{datagram}.first<limits::frame_header_size>());
    return datagram;
}

const FrameHeader sample{.lane = Lane::unicast,
                         .type = MessageType::task_ack,
                         .cluster = 0x37a8eec1,
                         .session = SessionId{array_from_hex<12>("a0a1a2a3a4a5a6a7a8a9aaab")},
                         .counter = 0x0102030405060708};

} // namespace

BOOST_AUTO_TEST_SUITE(frame)

BOOST_AUTO_TEST_CASE(a_header_has_its_fields_where_the_document_says) {
    const Bytes datagram = whole_frame(sample);
    BOOST_TEST(to_hex(ByteView{datagram}.first(limits::frame_header_size)) == "4350"
                                                                              "12"
                                                                              "40"
                                                                              "37a8eec1"
                                                                              "a0a1a2a3a4a5a6a7a8a9aaab"
                                                                              "0102030405060708");
}

BOOST_AUTO_TEST_CASE(a_header_comes_back_as_it_was_written) {
    for (Lane lane : {Lane::control, Lane::data, Lane::unicast}) {
        FrameHeader header = sample;
        header.lane = lane;
        const auto back = read_header(whole_frame(header));
        BOOST_TEST_REQUIRE(back.has_value());
        BOOST_TEST((back->lane == lane));
        BOOST_TEST((back->type == header.type));
        BOOST_TEST(back->cluster == header.cluster);
        BOOST_TEST((back->session == header.session));
        BOOST_TEST(back->counter == header.counter);
    }
}

BOOST_AUTO_TEST_CASE(a_datagram_shorter_than_header_and_tag_is_truncated) {
    const Bytes datagram = whole_frame(sample);
    for (std::size_t size = 0; size < datagram.size(); ++size) {
        BOOST_TEST(outcome(read_header(ByteView{datagram}.first(size))) == "truncated", size);
    }
    BOOST_TEST(read_header(datagram).has_value());
}

BOOST_AUTO_TEST_CASE(every_other_magic_version_and_lane_is_refused_with_its_reason) {
    Bytes datagram = whole_frame(sample);
    for (unsigned value = 0; value < 256; ++value) {
        datagram[2] = static_cast<std::byte>(value);
        const bool version = value >> 4U == protocol_version;
        const bool lane = (value & 0xfU) < lane_count;
        BOOST_TEST(outcome(read_header(datagram)) == (!version ? "wrong_version"
                                                      : lane   ? "ok"
                                                               : "bad_field"),
                   value);
    }
    datagram = whole_frame(sample);
    for (std::size_t at : {0U, 1U}) {
        datagram[at] ^= std::byte{0x20};
        BOOST_TEST(outcome(read_header(datagram)) == "wrong_magic");
        datagram[at] ^= std::byte{0x20};
    }
}

BOOST_AUTO_TEST_CASE(the_cluster_mark_is_the_beginning_of_the_names_digest) {
    BOOST_TEST(cluster_mark("default") == 0x37a8eec1U); // printf default | sha256sum
    BOOST_TEST(cluster_mark("default") != cluster_mark("Default"));
}

BOOST_AUTO_TEST_SUITE_END()
