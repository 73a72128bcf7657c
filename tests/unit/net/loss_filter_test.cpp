#include "net/loss_filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using net::LossFilter;

namespace {

struct Counts {
    int passed = 0;
    int dropped = 0;
    int twice = 0;
};

Counts judge(LossFilter filter, int datagrams) {
    Counts counts;
    for (int i = 0; i < datagrams; ++i) {
        switch (filter.next()) {
        case LossFilter::Verdict::pass: ++counts.passed; break;
        case LossFilter::Verdict::drop: ++counts.dropped; break;
        case LossFilter::Verdict::twice: ++counts.twice; break;
        }
    }
    return counts;
}

Counts judge(std::string_view text, int datagrams) {
    return judge(LossFilter::parse(text).value(), datagrams);
}

} // namespace

BOOST_AUTO_TEST_SUITE(loss_filter)

BOOST_AUTO_TEST_CASE(is_off_unless_asked_for) {
    BOOST_TEST(!LossFilter{}.active());
    BOOST_TEST(!LossFilter::parse("").value().active());
    BOOST_TEST(judge(LossFilter{}, 1000).passed == 1000);
}

BOOST_AUTO_TEST_CASE(loses_exactly_what_its_seed_says) {
    BOOST_TEST(judge("10,7", 10'000).dropped == 936);
    BOOST_TEST(judge("10,8", 10'000).dropped == 996);
    BOOST_TEST(judge("10", 10'000).dropped == judge("10,1", 10'000).dropped);
}

BOOST_AUTO_TEST_CASE(doubles_a_share_of_what_survives) {
    const Counts counts = judge("10,7,50", 10'000);
    BOOST_TEST(counts.twice == 4562);
    BOOST_TEST(counts.passed + counts.dropped + counts.twice == 10'000);
}

BOOST_AUTO_TEST_CASE(knows_the_extremes) {
    BOOST_TEST(judge("0", 1000).passed == 1000);
    BOOST_TEST(judge("100", 1000).dropped == 1000);
    BOOST_TEST(judge("0,1,100", 1000).twice == 1000);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_of_its_form) {
    for (const char* text :
         {"ten", "-1", "101", "nan", "10,", "10,x", "10,-1", "10,7,200", "10,7,5,1", "10 ", ",7"}) {
        const auto filter = LossFilter::parse(text);
        BOOST_TEST_REQUIRE(!filter, text);
        BOOST_CHECK(filter.error().code == errc::bad_config);
        BOOST_TEST(filter.error().line.find("want PERCENT") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
