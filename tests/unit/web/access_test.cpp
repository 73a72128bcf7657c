#include "support/print.hpp"
#include "web/access.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cp;
using namespace cp::web;

namespace cp::web {
std::ostream& operator<<(std::ostream& out, Verdict v) { return out << static_cast<int>(v); }
} // namespace cp::web

namespace {

constexpr std::uint32_t here = 0x7f000001;
constexpr std::uint32_t elsewhere = 0x0a280605; // 10.40.6.5
const std::vector<std::string> members{"10.40.6.26:3000", "10.40.6.27:3000", ""};
const Access rules{{true, "secret", "nodehost", "http"}};

Credentials from(std::uint32_t peer, std::string_view host = "10.40.6.26:3000") {
    return {peer, host, {}, {}, {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_rules)

BOOST_AUTO_TEST_CASE(loopback_needs_no_token_and_others_do) {
    BOOST_TEST(rules.judge(from(here), false, members) == Verdict::allowed);
    BOOST_TEST(rules.judge(from(elsewhere), false, members) == Verdict::no_token);
    BOOST_TEST(rules.judge(from(elsewhere), true, members) == Verdict::allowed);
    const Access open{{false, "", "", "http"}};
    BOOST_TEST(open.judge(from(elsewhere), false, members) == Verdict::allowed);
    const Access no_token_made{{true, "", "", "http"}};
    Credentials empty = from(elsewhere);
    empty.authorization = "Bearer ";
    BOOST_TEST(no_token_made.judge(empty, false, members) == Verdict::no_token);
}

BOOST_AUTO_TEST_CASE(the_token_counts_as_bearer_or_as_the_cookie_made_from_it) {
    const auto with = [](std::string_view authorization, std::string_view cookie) {
        Credentials c = from(elsewhere);
        c.authorization = authorization;
        c.cookie = cookie;
        return rules.judge(c, false, members);
    };
    BOOST_TEST(with("Bearer secret", "") == Verdict::allowed);
    BOOST_TEST(with("bearer  secret ", "") == Verdict::allowed);
    const std::string cookie = "a=b; cloudp2p_session=" + rules.cookie();
    BOOST_TEST(with("", cookie) == Verdict::allowed);
    for (const char* wrong :
         {"Bearer secre", "Bearer secrets", "Basic secret", "secret", "Bearer", "Bearer "})
        BOOST_TEST(with(wrong, "") == Verdict::no_token, wrong);
    BOOST_TEST(with("", "cloudp2p_session=secret") == Verdict::no_token); // the token itself is no cookie
    BOOST_TEST(with("", "xcloudp2p_session=" + rules.cookie()) == Verdict::no_token);
    BOOST_TEST(with("", "cloudp2p_session=" + rules.cookie() + "0") == Verdict::no_token);
}

BOOST_AUTO_TEST_CASE(names_that_could_be_rebound_to_us_are_refused_as_host) {
    for (const char* host :
         {"127.0.0.1:3000", "localhost", "LOCALHOST:3000", "[::1]:3000", "10.40.6.26", "nodehost:1"})
        BOOST_TEST(rules.judge(from(here, host), false, members) == Verdict::allowed, host);
    for (const char* host :
         {"", "evil.example", "evil.example:3000", "127.0.0.1.evil.example", "localhost.evil"})
        BOOST_TEST(rules.judge(from(here, host), true, members) == Verdict::bad_host, host);
}

BOOST_AUTO_TEST_CASE(pages_of_others_are_refused_even_from_loopback) {
    const auto with = [](std::string_view origin) {
        Credentials c = from(here, "127.0.0.1:3000");
        c.origin = origin;
        return rules.judge(c, true, members);
    };
    BOOST_TEST(with("http://127.0.0.1:3000") == Verdict::allowed);
    BOOST_TEST(with("http://10.40.6.27:3000") == Verdict::allowed); // a member's page
    for (const char* origin :
         {"null", "http://evil.example", "http://127.0.0.1:3001", "http://127.0.0.1:3000.evil",
          "https://127.0.0.1:3000", "http://", "10.40.6.27:3000"})
        BOOST_TEST(with(origin) == Verdict::bad_origin, origin);
}

BOOST_AUTO_TEST_SUITE_END()
