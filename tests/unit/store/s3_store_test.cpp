// The engine against scripted answers: what is sent, and what is made of what comes back.
#include "store/google_account.hpp"
#include "store/s3_store.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>

using namespace cp;
using namespace cp::store;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

// Answers in the order given; remembers what was asked. No answer left: the connection breaks.
class Script final : public HttpClient {
public:
    Outcome<HttpReply> perform(const HttpRequest& request) override {
        asked.push_back(request);
        if (replies.empty()) return Failure{errc::unreachable, "connection broken"};
        auto reply = std::move(replies.front());
        replies.pop_front();
        return reply;
    }
    void answer(int status, std::string_view body = {},
                std::map<std::string, std::string, std::less<>> headers = {}) {
        const ByteView bytes = as_bytes(body);
        replies.emplace_back(HttpReply{status, std::move(headers), Bytes(bytes.begin(), bytes.end())});
    }
    void lose() { replies.emplace_back(Failure{errc::unreachable, "connection broken"}); }

    std::deque<Outcome<HttpReply>> replies;
    std::vector<HttpRequest> asked;
};

class Pass final : public Authorizer {
public:
    Outcome<void> authorize(HttpRequest&) override { return {}; }
    bool refused() override { return ++refusals == 1; }
    int refusals = 0;
};

struct Fixture {
    Script* http = nullptr;
    TimePoint now{1h};
    std::vector<Duration> slept;
    std::unique_ptr<S3Store> store = make("s3://pictures/p?endpoint=http://h");

    std::unique_ptr<S3Store> make(const std::string& url, Caps caps = {true, true, true}) {
        auto script = std::make_unique<Script>();
        http = script.get();
        Surroundings around;
        around.now = [this] { return now; };
        around.unix_seconds = [] { return 1'730'738'456; };
        around.sleep = [this](Duration time) {
            slept.push_back(time);
            now += time;
        };
        auto made = std::make_unique<S3Store>(std::make_unique<S3Client>(
            *parse_remote_url(url, {}), std::move(script), std::make_unique<Pass>(), around));
        made->set_caps(caps);
        return made;
    }
    bool sent(const std::string& header, std::size_t which = 0) const {
        return std::ranges::count(http->asked.at(which).headers, header) == 1;
    }
};

std::string listing(const std::string& inside, const std::string& token = {}) {
    return "<ListBucketResult>" + inside +
           (token.empty() ? ""
                          : "<IsTruncated>true</IsTruncated><NextContinuationToken>" + token +
                                "</NextContinuationToken>") +
           "</ListBucketResult>";
}
std::string object(const std::string& key) { return "<Contents><Key>" + key + "</Key></Contents>"; }
std::string folder(const std::string& name) {
    return "<CommonPrefixes><Prefix>" + name + "</Prefix></CommonPrefixes>";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(s3_store, Fixture)

BOOST_AUTO_TEST_CASE(says_where_it_is_without_secrets) {
    BOOST_TEST(store->url() == "s3://pictures/p?endpoint=http://h&region=us-east-1");
}

BOOST_AUTO_TEST_CASE(conditions_travel_as_each_interface_has_them) {
    for (int i = 0; i < 2; ++i) http->answer(200);
    BOOST_TEST(store->put("a b", as_bytes("1"), PutIf::absent).has_value());
    BOOST_TEST(store->put("a", as_bytes("1"), PutIf::unchanged("tag")).has_value());
    BOOST_TEST(http->asked[0].url == "http://h/pictures/p/a%20b");
    BOOST_TEST(sent("If-None-Match: *"));
    BOOST_TEST(sent("If-Match: tag", 1)); // without quotes
    const auto google = make("gs://pictures?endpoint=http://127.0.0.1:1");
    for (int i = 0; i < 2; ++i) http->answer(200);
    BOOST_TEST(google->put("a", as_bytes("1"), PutIf::absent).has_value());
    BOOST_TEST(google->put("a", as_bytes("1"), PutIf::unchanged("7")).has_value());
    BOOST_TEST(sent("x-goog-if-generation-match: 0"));
    BOOST_TEST(sent("x-goog-if-generation-match: 7", 1));
}

BOOST_AUTO_TEST_CASE(an_engine_without_conditions_is_looked_at_first) {
    store->set_caps({});
    http->answer(200, {}, {{"etag", "\"old\""}});
    BOOST_TEST((store->put("a", as_bytes("1"), PutIf::absent).error().code == errc::exists));
    http->answer(404);
    http->answer(200);
    BOOST_TEST(store->put("a", as_bytes("1"), PutIf::absent).has_value());
    http->answer(200, {}, {{"etag", "\"old\""}});
    BOOST_TEST((store->put("a", as_bytes("1"), PutIf::unchanged("new")).error().code == errc::conflict));
    for (const HttpRequest& request : http->asked)
        for (const std::string& header : request.headers) BOOST_TEST(!header.starts_with("If-"));
}

BOOST_AUTO_TEST_CASE(a_refusal_after_a_lost_answer_is_compared_with_what_is_there) {
    http->lose();
    http->answer(412);
    http->answer(200, "mine");
    BOOST_TEST(store->put("a", as_bytes("mine"), PutIf::absent).has_value());
    http->lose();
    http->answer(412);
    http->answer(200, "theirs");
    BOOST_TEST((store->put("a", as_bytes("mine"), PutIf::absent).error().code == errc::exists));
    http->answer(412); // nothing was lost: no need to look
    BOOST_TEST((store->put("a", as_bytes("mine"), PutIf::absent).error().code == errc::exists));
    BOOST_TEST(http->replies.empty());
}

BOOST_AUTO_TEST_CASE(a_replacement_of_nothing_is_a_conflict) {
    http->answer(404, "<Error><Code>NoSuchKey</Code></Error>");
    BOOST_TEST((store->put("a", as_bytes("1"), PutIf::unchanged("x")).error().code == errc::conflict));
    http->answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
    BOOST_TEST((store->put("a", as_bytes("1"), PutIf::unchanged("x")).error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(what_passes_is_tried_again_with_pauses_up_to_a_bound) {
    http->answer(503, {}, {{"retry-after", "2"}});
    http->answer(500);
    http->answer(200, "x");
    BOOST_TEST(store->get("a").has_value());
    BOOST_TEST_REQUIRE(slept.size() == 2U);
    BOOST_TEST((slept[0] == 2s));
    for (int i = 0; i < 4; ++i) http->answer(503);
    BOOST_TEST((store->get("a").error().code == errc::busy));
    BOOST_TEST(http->asked.size() == 7U);
}

BOOST_AUTO_TEST_CASE(nothing_is_tried_again_once_the_program_ends) {
    store->abort();
    BOOST_TEST((store->get("a").error().code == errc::unreachable));
    BOOST_TEST(http->asked.size() == 1U);
    BOOST_TEST(slept.empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_is_down_is_left_alone_for_a_while) {
    BOOST_TEST(store->get("a").error().line == "http://h: connection broken");
    BOOST_TEST((store->get("a").error().code == errc::busy)); // the fifth failure in a row opens the circuit
    const std::size_t before = http->asked.size();
    BOOST_TEST(store->get("a").error().line == "http://h: does not answer; asked again in 1 s");
    BOOST_TEST(http->asked.size() == before);
    now += 2s;
    http->answer(200, "x");
    BOOST_TEST(store->get("a").has_value());
    http->answer(200, "x");
    BOOST_TEST(store->get("a").has_value());
}

BOOST_AUTO_TEST_CASE(losers_of_a_race_that_get_an_internal_error_do_not_count_as_a_store_that_is_down) {
    for (int i = 0; i < 8; ++i) {
        http->answer(500);
        http->answer(412);
        http->answer(200, "theirs");
        const auto put = store->put("a", as_bytes("mine"), PutIf::unchanged("tag"));
        BOOST_TEST(put.error().code == errc::conflict);
    }
    for (int i = 0; i < 8; ++i) http->answer(500);
    for (int i = 0; i < 2; ++i) BOOST_TEST((store->get("a").error().code == errc::unreachable));
    http->answer(200, "x");
    BOOST_TEST(store->get("a").has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_renewed_once) {
    http->answer(401);
    http->answer(200, "x");
    BOOST_TEST(store->get("a").has_value());
    http->answer(401);
    BOOST_TEST((store->get("a").error().code == errc::denied));
}

BOOST_AUTO_TEST_CASE(a_part_is_asked_for_and_cut_where_the_engine_gives_all) {
    http->answer(206, "234");
    BOOST_TEST(as_text(store->get("a", {2, 3})->view()) == "234");
    BOOST_TEST(sent("Range: bytes=2-4"));
    http->answer(200, "0123456789");
    BOOST_TEST(as_text(store->get("a", {8, 100})->view()) == "89");
    http->answer(416);
    BOOST_TEST(store->get("a", {10, ByteRange{}.count})->size() == 0U);
    BOOST_TEST(sent("Range: bytes=10-", 2));
}

BOOST_AUTO_TEST_CASE(an_object_is_described_by_headers) {
    http->answer(
        200, {},
        {{"content-length", "5"}, {"etag", "\"abc\""}, {"last-modified", "Mon, 04 Nov 2024 16:40:56 GMT"}});
    const auto info = store->head("a");
    BOOST_TEST(info->bytes == 5U);
    BOOST_TEST(info->etag == "abc");
    BOOST_TEST(info->modified_unix_s == 1'730'738'456);
    http->answer(404);
    BOOST_TEST(store->head("a").error().line == "a: no such object");
}

BOOST_AUTO_TEST_CASE(pages_of_foreign_names_alone_are_passed_over) {
    http->answer(200, listing(object("p/.cloudp2p-probe-1") + object("p/a//b"), "t1"));
    http->answer(200, listing(object("p/c") + object("elsewhere"), "t2"));
    const auto page = store->list({}, "b");
    BOOST_TEST_REQUIRE(page.has_value());
    BOOST_TEST_REQUIRE(page->size() == 1U);
    BOOST_TEST(page->front().key == "c");
    BOOST_TEST(http->asked[0].url ==
               "http://h/pictures/?list-type=2&max-keys=1000&prefix=p%2F&start-after=p%2Fb");
    BOOST_TEST(http->asked[1].url ==
               "http://h/pictures/?continuation-token=t1&list-type=2&max-keys=1000&prefix=p%2F");
}

BOOST_AUTO_TEST_CASE(folders_come_in_the_order_of_their_names_across_pages) {
    http->answer(200, listing(folder("p/u/a-b/") + folder("p/u/a-c/"), "t1"));
    http->answer(200, listing(folder("p/u/a/") + folder("p/u/b/")));
    BOOST_TEST(*store->list_folders("u/", {}) == (Names{"a", "a-b", "a-c", "b"}),
               boost::test_tools::per_element());
    http->answer(200, listing(folder("p/u/a-b/") + folder("p/u/a/") + object("p/u/file")));
    BOOST_TEST(*store->list_folders("u/", "a") == Names{"a-b"}, boost::test_tools::per_element());
    BOOST_TEST((store->list_folders("u", {}).error().code == errc::bad_field));
}

BOOST_AUTO_TEST_CASE(what_is_no_listing_is_an_error_and_so_is_a_missing_bucket) {
    http->answer(200, "<html>");
    BOOST_TEST(store->list({}, {}).error().line == "http://h: a listing that is no XML");
    http->answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
    BOOST_TEST((store->list({}, {}).error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(keys_that_leave_the_bucket_are_refused_without_a_request) {
    BOOST_TEST((store->get("../x").error().code == errc::bad_field));
    BOOST_TEST((store->put("a\nb", as_bytes("x"), PutIf::any).error().code == errc::bad_field));
    BOOST_TEST((store->head("/x").error().code == errc::bad_field));
    BOOST_TEST((store->del("").error().code == errc::bad_field));
    BOOST_TEST((store->list("../", {}).error().code == errc::bad_field));
    BOOST_TEST(http->asked.empty());
}

BOOST_AUTO_TEST_CASE(deleting_what_is_not_there_succeeds_in_a_bucket_that_is) {
    http->answer(404, "<Error><Code>NoSuchKey</Code></Error>");
    BOOST_TEST(store->del("a").has_value());
    http->answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
    BOOST_TEST((store->del("a").error().code == errc::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(google_account)

BOOST_AUTO_TEST_CASE(an_account_needs_its_parts_and_a_safe_token_address) {
    const std::string good = R"({"type":"service_account","client_email":"a@b","private_key":"k",)"
                             R"("token_uri":"https://t"})";
    BOOST_TEST(read_google_account(good)->email == "a@b");
    for (const char* text :
         {"", "[]", "{}", R"({"type":"authorized_user"})", R"({"type":"service_account","client_email":7})"})
        BOOST_TEST(read_google_account(text).error().line == "not the JSON key of a service account", text);
    std::string unsafe = good;
    unsafe.replace(unsafe.find("https"), 5, "http");
    BOOST_TEST((read_google_account(unsafe).error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_none_is_refused_without_showing_it) {
    for (const char* key : {"", "k", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                            "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----"}) {
        const auto statement = signed_statement({"a@b", "1", key, "https://t"}, 1);
        BOOST_TEST_REQUIRE(statement.has_error());
        BOOST_TEST(statement.error().line == "its private_key is not a PKCS #8 RSA key");
    }
}

BOOST_AUTO_TEST_CASE(a_token_needs_a_text_for_a_header_and_a_life) {
    BOOST_TEST(read_google_token(R"({"access_token":"ya29.x","expires_in":3599})")->lives_s == 3599);
    for (const char* text : {"", "{}", R"({"access_token":"x"})", R"({"access_token":"x","expires_in":0})",
                             R"({"access_token":"a\r\nb","expires_in":9})", R"({"expires_in":9})"})
        BOOST_TEST((read_google_token(text).error().code == errc::damaged), text);
}

BOOST_AUTO_TEST_SUITE_END()
