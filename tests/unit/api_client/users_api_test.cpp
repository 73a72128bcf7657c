#include "api_client/users_api.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace cp;
using namespace cp::client;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

const tcp::endpoint some_port{asio::ip::address_v4::loopback(), 0};

std::string text_of(const tcp::endpoint& endpoint) { return "127.0.0.1:" + std::to_string(endpoint.port()); }

// Bound, but nobody listens: a connection is refused at once.
class Nobody {
public:
    [[nodiscard]] std::string address() const { return text_of(socket_.local_endpoint()); }

private:
    asio::io_context io_;
    tcp::acceptor socket_{[this] {
        tcp::acceptor socket{io_, tcp::v4()};
        socket.bind(some_port);
        return socket;
    }()};
};

// A node's API that answers every request the same; with no answer it leaves the client waiting.
class Node {
public:
    ~Node() {
        ended_ = true;
        tcp::socket last{io_};
        boost::system::error_code ignored;
        last.connect(acceptor_.local_endpoint(), ignored); // accept() returns
        thread_.join();
    }
    void answers(unsigned status, const std::string& body) {
        answer_ = "HTTP/1.1 " + std::to_string(status) +
                  " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    void start() {
        thread_ = std::thread{[this] { serve(); }};
    }
    [[nodiscard]] std::string address() const { return text_of(acceptor_.local_endpoint()); }
    [[nodiscard]] int asked() const { return asked_; }

private:
    void serve() {
        for (;;) {
            tcp::socket socket{io_};
            acceptor_.accept(socket);
            if (ended_) return;
            ++asked_;
            boost::system::error_code ignored;
            asio::streambuf request;
            asio::read_until(socket, request, "\r\n\r\n", ignored);
            if (answer_.empty())
                asio::read_until(socket, request, "never", ignored); // until the client closes
            else
                asio::write(socket, asio::buffer(answer_), ignored);
        }
    }

    asio::io_context io_;
    tcp::acceptor acceptor_{io_, some_port};
    std::string answer_;
    std::atomic<int> asked_ = 0;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

std::string naming(const std::string& leader) {
    return R"({"success":false,"message":"This node is not the leader","current_leader":")" + leader +
           R"(","leader_id":3})";
}

// A client that knows these, and waits so many times.
struct Client {
    std::vector<std::string> known;
    int waits = 0;
    std::function<bool()> go_on = [] { return true; };

    Outcome<std::vector<RemoteUser>> users() { return api().users(); }

    UsersApi api() {
        ApiPlace place;
        place.addresses = [this] { return known; };
        place.wait = [this] { return waits-- > 0; };
        place.go_on = go_on;
        return UsersApi{std::move(place)};
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(users_api)

BOOST_AUTO_TEST_CASE(follows_a_follower_to_the_leader_without_waiting) {
    Node leader;
    leader.answers(200, R"({"users":[{"username":"alice"}],"count":1})");
    leader.start();
    for (const unsigned status : {403U, 307U}) { // as it refuses, or redirects
        Node follower;
        follower.answers(status, naming(leader.address()));
        follower.start();
        const auto users = Client{{follower.address()}}.users();
        BOOST_TEST_REQUIRE(users.has_value());
        BOOST_TEST(users->front().username == "alice");
        BOOST_TEST(follower.asked() == 1);
    }
}

BOOST_AUTO_TEST_CASE(does_not_go_in_circles_with_a_follower_that_names_itself) {
    Node follower;
    follower.answers(403, naming(follower.address()));
    follower.start();
    const auto users = Client{{follower.address()}}.users();
    BOOST_TEST((users.error().code == errc::no_leader));
    BOOST_TEST(follower.asked() == 2);
}

BOOST_AUTO_TEST_CASE(waits_before_it_follows_once_more) {
    Node follower;
    follower.answers(403, naming(follower.address()));
    follower.start();
    (void)Client{{follower.address()}, 2}.users();
    BOOST_TEST(follower.asked() == 6);
}

BOOST_AUTO_TEST_CASE(a_leader_out_of_reach_is_the_reason_not_the_follower_that_names_it) {
    const Nobody leader;
    Node follower;
    follower.answers(403, naming(leader.address()));
    follower.start();
    const auto users = Client{{leader.address(), follower.address()}}.users();
    BOOST_TEST((users.error().code == errc::no_leader));
    BOOST_TEST(users.error().line.find(leader.address()) != std::string::npos, users.error().line);
}

BOOST_AUTO_TEST_CASE(asks_the_others_when_a_follower_knows_no_address_of_the_leader) {
    Node follower;
    follower.answers(403, R"({"message":"no API address known","current_leader":null,"leader_id":3})");
    follower.start();
    Node leader;
    leader.answers(200, R"({"users":[],"count":0})");
    leader.start();
    Client both{{follower.address(), leader.address()}};
    BOOST_TEST(both.users().has_value());
    const auto alone = Client{{follower.address()}}.users();
    BOOST_TEST((alone.error().code == errc::no_leader));
    BOOST_TEST(alone.error().line == "no API address known");
}

BOOST_AUTO_TEST_CASE(another_refusal_ends_it) {
    Node node;
    node.answers(403, R"({"message":"this Host is not one of ours"})");
    node.start();
    const auto users = Client{{node.address()}, 5}.users();
    BOOST_TEST((users.error().code == errc::permissions));
    BOOST_TEST(node.asked() == 1);
}

BOOST_AUTO_TEST_CASE(an_exchange_ends_when_nobody_wants_to_go_on) {
    Node silent;
    silent.start();
    const auto users =
        Client{{silent.address(), silent.address()}, 5, [&] { return silent.asked() == 0; }}.users();
    BOOST_TEST((users.error().code == errc::no_leader));
    BOOST_TEST(silent.asked() == 1); // and it asks nobody else
}

BOOST_AUTO_TEST_CASE(an_exchange_that_was_cut_short_does_not_hide_what_was_said_before) {
    Node busy;
    busy.answers(503, R"({"message":"no store"})");
    busy.start();
    Node silent;
    silent.start();
    const auto users =
        Client{{busy.address(), silent.address()}, 5, [&] { return silent.asked() == 0; }}.users();
    BOOST_TEST(users.error().line == "no store");
}

BOOST_AUTO_TEST_CASE(an_upload_that_may_have_arrived_is_not_called_refused) {
    Node busy;
    busy.answers(503, R"({"message":"no store"})");
    busy.start();
    Node silent;
    silent.start();
    Client client{{busy.address(), silent.address()}, 5, [&] { return silent.asked() == 0; }};
    const auto stored = client.api().upload("alice", as_bytes("a picture"));
    BOOST_TEST_REQUIRE(!stored.has_value());
    BOOST_TEST(stored.error().line != "no store");
}

BOOST_AUTO_TEST_SUITE_END()
