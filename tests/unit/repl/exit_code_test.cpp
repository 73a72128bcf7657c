#include "repl/exit_code.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace cp;
using namespace cp::client;

namespace {

int code(errc e) { return static_cast<int>(exit_code(e)); }
int combined(const std::vector<ExitCode>& several) { return static_cast<int>(exit_code(several)); }

} // namespace

BOOST_AUTO_TEST_SUITE(exit_codes)

BOOST_AUTO_TEST_CASE(each_error_has_the_promised_code) {
    for (errc e : {errc::unwritable, errc::disk_full, errc::internal, errc::lost}) BOOST_TEST(code(e) == 1);
    BOOST_TEST(code(errc::usage) == 2);
    for (errc e : {errc::no_cluster, errc::no_leader, errc::busy}) BOOST_TEST(code(e) == 3);
    BOOST_TEST(code(errc::not_found) == 4);
    for (errc e : {errc::not_an_image, errc::too_large, errc::unreadable, errc::other_key, errc::permissions,
                   errc::already_encrypted, errc::wrong_magic}) {
        BOOST_TEST(code(e) == 5);
    }
    for (errc e : {errc::wrong_key, errc::damaged, errc::truncated, errc::digest_mismatch})
        BOOST_TEST(code(e) == 7);
    BOOST_TEST(code(errc::cancelled) == 130);
}

BOOST_AUTO_TEST_CASE(several_results_make_one_code) {
    using enum ExitCode;
    BOOST_TEST(combined({}) == 0);
    BOOST_TEST(combined({done, done}) == 0);
    BOOST_TEST(combined({done, not_found}) == 6);
    BOOST_TEST(combined({not_found, partly}) == 6);
    BOOST_TEST(combined({not_found, not_found}) == 4);
    BOOST_TEST(combined({not_found, refused}) == 1);
    BOOST_TEST(combined({done, interrupted, not_found}) == 130);
}

BOOST_AUTO_TEST_SUITE_END()
