#include "base/bytes.hpp"
#include "base/ids.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(numbers_are_big_endian_and_round_trip) {
    std::array<std::byte, 18> buffer{};
    ByteWriter writer{buffer};
    writer.u8(0x01);
    writer.u16(0x0203);
    writer.u24(0x040506);
    writer.u32(0x0708090a);
    writer.u64(0x0b0c0d0e0f101112);
    BOOST_TEST(writer.ok());
    BOOST_TEST(to_hex(buffer) == "0102030405060708090a0b0c0d0e0f101112");

    ByteReader reader{buffer};
    BOOST_TEST(reader.u8() == 0x01);
    BOOST_TEST(reader.u16() == 0x0203);
    BOOST_TEST(reader.u24() == 0x040506U);
    BOOST_TEST(reader.u32() == 0x0708090aU);
    BOOST_TEST(reader.u64() == 0x0b0c0d0e0f101112U);
    BOOST_TEST(reader.done());
}

BOOST_AUTO_TEST_CASE(a_reader_that_ran_out_stays_bad_and_yields_zeros) {
    const std::array<std::byte, 3> three{std::byte{1}, std::byte{2}, std::byte{3}};
    ByteReader reader{three};
    BOOST_TEST(reader.u32() == 0U);
    BOOST_TEST(!reader.ok());
    BOOST_TEST(reader.u8() == 0); // although one byte would be there
    BOOST_TEST(!reader.done());
}

BOOST_AUTO_TEST_CASE(a_writer_never_writes_beyond_its_buffer) {
    std::array<std::byte, 4> buffer{};
    ByteWriter writer{std::span{buffer}.first(3)};
    writer.u16(0xffff);
    writer.u16(0xffff);
    BOOST_TEST(!writer.ok());
    BOOST_TEST(writer.size() == 2U);
    BOOST_TEST(to_hex(buffer) == "ffff0000");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(epochs_compare_by_counter_then_leader_then_life) {
    const Epoch first{1, NodeId{9}, 4};
    BOOST_TEST((first < Epoch{2, NodeId{1}, 1}));
    BOOST_TEST((first < Epoch{1, NodeId{10}, 1}));
    BOOST_TEST((first < Epoch{1, NodeId{9}, 5}));
    BOOST_TEST(to_text(Epoch{7, NodeId{3}, 1}) == "7.3.1");
}

BOOST_AUTO_TEST_CASE(a_task_reads_as_user_run_and_number) {
    BOOST_TEST(to_text("alice", TaskId{ClientId{0x7f3c}, 12}) == "alice-0000000000007f3c-12");
}

BOOST_AUTO_TEST_SUITE_END()
