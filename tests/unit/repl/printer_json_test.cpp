#include "unit/repl/session.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::client;
using namespace cp::client::test;

BOOST_AUTO_TEST_SUITE(programs)

BOOST_AUTO_TEST_CASE(standard_output_has_the_object_and_nothing_else) {
    Session s{{.json = true}};
    s.begin();
    s.broadcast(3);
    s.answer(3);
    CommandResult result = uploaded();
    result.path = "a.png";
    result.replicas = 0;
    s.printer.finish(result);
    s.printer.finish(failed("upload", "b.png", errc::no_leader, "no leader answered within 30 s"));
    BOOST_TEST(
        s.said() ==
        R"({"event":"result","command":"upload","path":"a.png","ok":true,"task":"alice-0000000000007f3c-12",)"
        R"("node":3,"epoch":"7.3.1","file":"images/encrypted_test_image_1730738456.png","bytes":524288,)"
        R"("sha256":"ab12","millis":12.3,"sends":1,"verified":true})"
        "\n"
        R"({"event":"result","command":"upload","path":"b.png","ok":false,"code":"no_leader",)"
        R"("error":"no leader answered within 30 s"})"
        "\n");
    BOOST_TEST(s.complained() ==
               "Broadcasting request to 3 servers...\n"
               "  Sending once to 239.255.67.81:7701 (lo)\n"
               "  ✓ Leader (server 3) processed request\n"
               "✓ Success!\n"
               "Encrypted image saved to: images/encrypted_test_image_1730738456.png\n"
               "(encrypted: open it with 'decrypt FILE')\n"
               "(the key is made of your user name: it hides nothing from those who know it)\n"
               "✗ upload b.png: no leader answered within 30 s\n");
}

BOOST_AUTO_TEST_CASE(a_load_that_a_node_has_not_told_yet_is_null) {
    Session s{{.json = true}};
    StatusReport one{NodeId{3}, "7.3.1", {{.id = NodeId{3}, .leads = true, .address = "127.0.0.1:41231"}}};
    s.printer.report("status", one);
    BOOST_TEST(s.said().ends_with(R"("address":"127.0.0.1:41231","load":null,"last_seen_ms":0}]})"
                                  "\n"));
}

BOOST_AUTO_TEST_CASE(status_without_a_leader_is_null) {
    Session s{{.json = true, .quiet = true}};
    StatusReport one = three;
    one.members.erase(one.members.begin(), one.members.begin() + 2);
    s.printer.report("status", one);
    s.printer.report("status", {});
    s.printer.report("members", one);
    BOOST_TEST(
        s.said() ==
        R"({"event":"status","leader":3,"epoch":"7.3.1","members":[{"id":3,"role":"leader","state":"alive",)"
        R"("address":"127.0.0.1:41231","load":4.2,"last_seen_ms":11}]})"
        "\n"
        R"({"event":"status","leader":null,"epoch":null,"members":[]})"
        "\n"
        R"({"event":"members","leader":3,"epoch":"7.3.1","members":[{"id":3,"role":"leader","state":"alive",)"
        R"("address":"127.0.0.1:41231","load":4.2,"last_seen_ms":11,"path":"lo","api":"127.0.0.1:3000"}]})"
        "\n");
    BOOST_TEST(s.complained() == "");
}

BOOST_AUTO_TEST_CASE(further_fields_stand_behind_the_known_ones) {
    Session s{{.json = true, .quiet = true}};
    CommandResult sent = uploaded();
    sent.command = "send-image";
    sent.file = "3f2a1b4c5d6e7f8a_127.0.0.1-41231_1730738456.png";
    sent.req_id = "3f2a1b4c5d6e7f8a";
    sent.replicas = 1;
    sent.verified = false;
    s.printer.finish(sent);
    BOOST_TEST(s.said().ends_with(R"("sends":1,"verified":false,"replicas":1,"req_id":"3f2a1b4c5d6e7f8a"})"
                                  "\n"));
    s.printer.finish(
        {.command = "verify", .path = "a", .ok = true, .bytes = 3, .sha256 = "ab", .verified = true});
    BOOST_TEST(s.said() ==
               R"({"event":"result","command":"verify","path":"a","ok":true,"bytes":3,"sha256":"ab",)"
               R"("millis":0.0,"verified":true})"
               "\n");
    s.printer.error({errc::usage, "no \"command\""});
    s.printer.doctor(std::vector<DoctorLine>{{DoctorLine::Level::warn, "rmem_max is small", "sysctl …"}});
    BOOST_TEST(s.said() ==
               R"({"event":"error","code":"usage","error":"no \"command\""})"
               "\n"
               R"({"event":"doctor","level":"warn","text":"rmem_max is small","advice":"sysctl …"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(a_hostile_name_stays_one_line_of_utf8) {
    Session s{{.json = true, .quiet = true}};
    s.printer.finish(failed("upload", "a\n\"\xff\\\x1b.png", errc::not_found, "x"));
    BOOST_TEST(s.said() ==
               "{\"event\":\"result\",\"command\":\"upload\",\"path\":\"a\\n\\\"\uFFFD\\\\\\u001b.png\","
               "\"ok\":false,\"code\":\"not_found\",\"error\":\"x\"}\n");
}

BOOST_AUTO_TEST_SUITE_END()
