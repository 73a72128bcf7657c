#include "store/s3_answers.hpp"
#include "store/s3_folders.hpp"
#include "store/s3_xml.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;

namespace {

HttpReply reply(int status, std::string_view xml = {}) {
    const ByteView bytes = as_bytes(xml);
    return {status, {}, Bytes(bytes.begin(), bytes.end())};
}

std::string error_xml(const std::string& code, const std::string& more = {}) {
    return "<Error><Code>" + code + "</Code>" + more + "</Error>";
}

struct Answers {
    RemoteUrl url = *parse_remote_url("s3://pictures?endpoint=https://h&region=eu-1", {});
    Failure failure(const HttpReply& from) const { return failure_of(from, url, 1'730'738'456); }
    std::string line(int status, const std::string& xml = {}) const {
        return failure(reply(status, xml)).line;
    }
};

using Names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(s3_xml)

BOOST_AUTO_TEST_CASE(a_listing_is_read_with_its_entities_and_blanks) {
    const auto page = read_list(
        as_bytes("<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
                 "<IsTruncated>true</IsTruncated><NextContinuationToken>n&amp;1</NextContinuationToken>"
                 "<Contents><Key>a&lt;b&#x20;</Key><Size>12</Size><ETag>&quot;abc&quot;</ETag>"
                 "<LastModified>2026-01-31T12:00:01.000Z</LastModified><Generation>7</Generation></Contents>"
                 "<CommonPrefixes><Prefix>u/</Prefix></CommonPrefixes></ListBucketResult>"));
    BOOST_TEST_REQUIRE(page.has_value());
    BOOST_TEST(page->truncated);
    BOOST_TEST(page->next == "n&1");
    BOOST_TEST_REQUIRE(page->objects.size() == 1U);
    BOOST_TEST(page->objects[0].key == "a<b ");
    BOOST_TEST(page->objects[0].bytes == 12U);
    BOOST_TEST(page->objects[0].etag == "abc");
    BOOST_TEST(page->objects[0].generation == "7");
    BOOST_TEST(page->objects[0].modified_unix_s == 1'769'860'801);
    BOOST_TEST(page->prefixes == Names{"u/"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(hostile_text_is_refused_or_empty_but_never_expanded) {
    for (const char* xml : {"", "{}", "<ListBucketResult", "<Error/>", "<a><ListBucketResult/></a>",
                            "<ListBucketResult><Contents></ListBucketResult>"})
        BOOST_TEST((read_list(as_bytes(xml)).error().code == errc::damaged), xml);
    const auto bomb = read_list(as_bytes("<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>"
                                         "<!ENTITY c SYSTEM 'file:///etc/passwd'>]><ListBucketResult>"
                                         "<Contents><Key>&b;&c;</Key><Size>-1</Size></Contents>"
                                         "<Contents><Size>99999999999999999999</Size></Contents>"
                                         "</ListBucketResult>"));
    BOOST_TEST_REQUIRE(bomb.has_value());
    BOOST_TEST(bomb->objects[0].key == "&b;&c;");
    BOOST_TEST(bomb->objects[0].bytes == 0U);
    BOOST_TEST(bomb->objects[1].bytes == 0U);
    BOOST_TEST(bomb->objects[1].key == "");
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<a>";
    BOOST_TEST((read_list(as_bytes(deep)).error().code == errc::damaged));
}

BOOST_AUTO_TEST_CASE(a_strangers_sentence_is_cut_and_made_printable) {
    const auto error = read_error(
        as_bytes("<Error><Code>X</Code><Message>a&#10;" + std::string(500, 'b') + "</Message></Error>"));
    BOOST_TEST(error.message.starts_with("a\\n"));
    BOOST_TEST(error.message.size() == 201U);
    BOOST_TEST(read_error({}).code == "");
    BOOST_TEST(read_error(as_bytes("<html>")).code == "");
}

BOOST_AUTO_TEST_CASE(times_and_tags_have_one_form) {
    BOOST_TEST(read_iso_time("1970-01-02T00:00:00Z") == 86'400);
    for (const char* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z"})
        BOOST_TEST(read_iso_time(text) == 0, text);
    BOOST_TEST(bare_etag("\"a\"") == "a");
    BOOST_TEST(bare_etag("W/\"a\"") == "a");
    BOOST_TEST(bare_etag("a") == "a");
    BOOST_TEST(bare_etag("\"") == "\"");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(s3_answers, Answers)

BOOST_AUTO_TEST_CASE(the_usual_mistakes_are_named_with_what_to_do) {
    BOOST_TEST(line(404, error_xml("NoSuchBucket")) ==
               "https://h: no bucket 'pictures': make it, or correct the name");
    BOOST_TEST(line(301, error_xml("PermanentRedirect")) ==
               "https://h: bucket 'pictures' is not in region eu-1: add region= and its endpoint=");
    BOOST_TEST(line(400, error_xml("AuthorizationHeaderMalformed", "<Region>eu-2</Region>")) ==
               "https://h: bucket 'pictures' is in region eu-2, not eu-1: add region=eu-2");
    BOOST_TEST(line(403, error_xml("InvalidAccessKeyId")) ==
               "https://h: does not know this access key: is it of this store?");
    BOOST_TEST(line(403, error_xml("SignatureDoesNotMatch")) ==
               "https://h: the secret key is not that of the access key");
    BOOST_TEST(line(403) == "https://h: these keys may not use bucket 'pictures': they need to list, read, "
                            "write and delete objects");
    BOOST_TEST(line(507) == "https://h: the quota of bucket 'pictures' is used up");
    BOOST_TEST(line(500, error_xml("InternalError", "<Message>sorry</Message>")) ==
               "https://h: HTTP 500 InternalError: sorry");
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_is_told_with_how_wrong_it_is) {
    HttpReply skewed = reply(403, error_xml("RequestTimeTooSkewed"));
    BOOST_TEST(failure(skewed).line ==
               "https://h: the clock of this machine is wrong: set it (timedatectl set-ntp true)");
    skewed.headers["date"] = "Mon, 04 Nov 2024 15:40:56 GMT";
    BOOST_TEST(failure(skewed).line ==
               "https://h: the clock of this machine is 60 min ahead: set it (timedatectl set-ntp true)");
    skewed.headers["date"] = "Mon, 04 Nov 2024 20:40:56 GMT";
    BOOST_TEST(failure(skewed).line ==
               "https://h: the clock of this machine is 4 h behind: set it (timedatectl set-ntp true)");
}

BOOST_AUTO_TEST_CASE(the_region_may_stand_in_a_header_where_there_is_no_body) {
    HttpReply moved = reply(400);
    moved.headers["x-amz-bucket-region"] = "eu-3";
    BOOST_TEST(failure(moved).line ==
               "https://h: bucket 'pictures' is in region eu-3, not eu-1: add region=eu-3");
}

BOOST_AUTO_TEST_CASE(what_passes_by_itself_is_tried_again_and_nothing_else) {
    for (int status : {408, 429, 500, 502, 503, 504}) BOOST_TEST(is_passing(reply(status)), status);
    for (int status : {200, 304, 400, 403, 404, 409, 412, 501})
        BOOST_TEST(!is_passing(reply(status)), status);
    BOOST_TEST(is_passing(reply(409, error_xml("ConditionalRequestConflict"))));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(folders_that_an_unseen_name_sorts_before_wait) {
    // "a/" and "a-b/" are keys in the other order than the names.
    BOOST_TEST(settled_folders({"A", "a-b", "a-c"}, "a-c/") == Names{"A"}, boost::test_tools::per_element());
    BOOST_TEST(settled_folders({"A", "a", "a-b", "a-c"}, "a/") == (Names{"A", "a", "a-b", "a-c"}),
               boost::test_tools::per_element());
    BOOST_TEST(settled_folders({"a", "b"}, "b/") == (Names{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(settled_folders({"x-y.z"}, "x-y.z/").empty());
    BOOST_TEST(settled_folders({"\xc3\xa4"}, "\xc3\xa4/").size() == 1U);
}
