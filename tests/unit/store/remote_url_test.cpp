#include "store/percent.hpp"
#include "store/remote_url.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;

BOOST_AUTO_TEST_SUITE(percent)

BOOST_AUTO_TEST_CASE(all_but_unreserved_characters_are_encoded_in_upper_case) {
    BOOST_TEST(percent_encoded("aZ09-._~") == "aZ09-._~");
    BOOST_TEST(percent_encoded("a b+/?&=%") == "a%20b%2B%2F%3F%26%3D%25");
    BOOST_TEST(percent_encoded("\xc3\xa4") == "%C3%A4");
    BOOST_TEST(path_encoded("users/a b") == "users/a%20b");
}

BOOST_AUTO_TEST_CASE(a_query_is_sorted_and_has_its_equals_signs) {
    BOOST_TEST(query_text({{"prefix", "a/b"}, {"list-type", "2"}, {"empty", ""}}) ==
               "empty=&list-type=2&prefix=a%2Fb");
    BOOST_TEST(query_text({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(remote_url)

BOOST_AUTO_TEST_CASE(a_bucket_alone_is_one_of_aws) {
    const auto url = parse_remote_url("s3://pictures", {});
    BOOST_TEST_REQUIRE(url.has_value());
    BOOST_TEST(url->region == "us-east-1");
    BOOST_TEST(url->prefix == "");
    BOOST_TEST(bucket_address(*url) == "https://pictures.s3.us-east-1.amazonaws.com/");
    // The certificate of AWS does not hold for a name with a dot before it.
    BOOST_TEST(bucket_address(*parse_remote_url("s3://a.b.c", {})) ==
               "https://s3.us-east-1.amazonaws.com/a.b.c/");
}

BOOST_AUTO_TEST_CASE(endpoint_region_prefix_and_style_are_taken) {
    const auto url =
        parse_remote_url("s3://pictures/team/a/?endpoint=http://127.0.0.1:9000&region=eu-1&profile=p", {});
    BOOST_TEST_REQUIRE(url.has_value());
    BOOST_TEST(url->prefix == "team/a/");
    BOOST_TEST(url->region == "eu-1");
    BOOST_TEST(url->profile == "p");
    BOOST_TEST(bucket_address(*url) == "http://127.0.0.1:9000/pictures/");
    BOOST_TEST(bucket_address(*parse_remote_url("s3://pictures?endpoint=https%3A%2F%2Fh:1/&style=host",
                                                {})) == "https://pictures.h:1/");
    BOOST_TEST(bucket_address(*parse_remote_url("s3://pictures?style=path", {})) ==
               "https://s3.us-east-1.amazonaws.com/pictures/");
}

BOOST_AUTO_TEST_CASE(the_region_comes_from_the_url_before_the_environment) {
    const Environment around{{"AWS_REGION", "one"}, {"AWS_DEFAULT_REGION", "two"}};
    BOOST_TEST(parse_remote_url("s3://pictures?region=three", around)->region == "three");
    BOOST_TEST(parse_remote_url("s3://pictures", around)->region == "one");
    BOOST_TEST(parse_remote_url("s3://pictures", {{"AWS_DEFAULT_REGION", "two"}})->region == "two");
}

BOOST_AUTO_TEST_CASE(google_has_one_endpoint_and_no_region) {
    BOOST_TEST(bucket_address(*parse_remote_url("gs://app.appspot.com", {})) ==
               "https://storage.googleapis.com/app.appspot.com/");
    BOOST_TEST((parse_remote_url("gs://pictures?region=eu", {}).error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(what_is_no_such_url_is_refused) {
    for (const char* url :
         {"s3://", "s3://ab", "s3://user:secret@pictures", "s3://pictures:80", "s3://pictures#x",
          "s3://pictures?endpint=https://h", "s3://pictures?endpoint=", "s3://pictures?endpoint=ftp://h",
          "s3://pictures?endpoint=https://h/path", "s3://pictures?endpoint=https://u:p@h",
          "s3://pictures?endpoint=https://h?x=1", "s3://pictures?region=a:b", "s3://pictures?style=new",
          "s3://pictures/../x", "s3://pictures/a%0Ab", "s3://pict ures", "s3://pictures/.cloudp2p-x"}) {
        const auto parsed = parse_remote_url(url, {});
        BOOST_TEST_CONTEXT(url) {
            // libcurl resolves "..": what is left is a plain prefix.
            if (std::string_view{url} == "s3://pictures/../x") {
                BOOST_TEST(parsed->prefix == "x/");
            } else {
                BOOST_TEST_REQUIRE(parsed.has_error());
                BOOST_TEST(parsed.error().code == errc::bad_config);
            }
        }
    }
    BOOST_TEST(parse_remote_url("s3://pictures?endpint=https://h", {}).error().line ==
               "store 's3://pictures?endpint=https://h': 'endpint' is none of endpoint, region, style, "
               "credentials and profile");
}

BOOST_AUTO_TEST_CASE(a_token_may_go_in_the_clear_to_this_machine_alone) {
    for (const char* url : {"https://h", "http://127.0.0.1:1/x", "http://localhost", "http://[::1]:1"})
        BOOST_TEST(is_private_address(url), url);
    for (const char* url :
         {"http://h", "http://127.evil.example", "http://127.0.0.1@h", "ftp://127.0.0.1", ""})
        BOOST_TEST(!is_private_address(url), url);
}

BOOST_AUTO_TEST_SUITE_END()
