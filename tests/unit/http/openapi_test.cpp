#include "http/openapi.hpp"
#include "web/routes.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace cp;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(the_document_describes_each_route_and_no_other) {
    const json::object document = json::parse(http::openapi_json("1.2.3")).as_object();
    BOOST_TEST(document.at("info").as_object().at("version").as_string() == "1.2.3");
    std::set<std::string> described;
    for (const auto& path : document.at("paths").as_object())
        for (const auto& operation : path.value().as_object())
            described.insert(std::string{operation.key()} + ' ' + std::string{path.key()});
    std::set<std::string> served;
    for (const web::Route& route : web::routes()) {
        std::string method{web::name(route.method)};
        for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
        served.insert(method + ' ' + std::string{route.pattern});
    }
    BOOST_TEST((described == served));
}

BOOST_AUTO_TEST_CASE(path_parameters_and_answers_are_said) {
    const json::object document = json::parse(http::openapi_json("1")).as_object();
    const auto& get =
        document.at("paths").as_object().at("/image/{user}/{file}").as_object().at("get").as_object();
    BOOST_TEST(get.at("parameters").as_array().size() ==
               3U); // user, file, and whether a follower passes it on
    for (const char* code : {"200", "401", "403", "404", "503"})
        BOOST_TEST(get.at("responses").as_object().contains(code), code);
}

BOOST_AUTO_TEST_SUITE_END()
