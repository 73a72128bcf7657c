// One machine that takes all places with requests that never end: it must not keep out the others.
#include "http/api.hpp"
#include "http/server.hpp"
#include "store/dir_store.hpp"
#include "support/temp_folder.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <istream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace cp;
using namespace cp::http;

namespace {

using boost::asio::ip::tcp;

constexpr std::size_t places = 8;

class NoTasks final : public TaskDesk {
public:
    Outcome<wire::TaskHeader> next(std::string_view) override { return Failure{errc::busy, "none"}; }
    void submit(uploads::Upload, std::function<void(Outcome<unsigned>)>) override {}
    void cancel(const TaskId&) override {}
    void look_up(const TaskId&, std::function<void(TaskState)>) override {}
};

// A server on a thread of its own, without TLS; this machine needs no token.
class Running {
public:
    Running()
        : api_{ApiOptions{}, *store_, tasks_, io_, workers_, [](auto&&...) {}}, server_{io_, open(), api_,
                                                                                        Encryption{},
                                                                                        places} {
        server_.start();
        thread_ = std::thread{[this] { io_.run(); }};
    }
    // REQUIRES: the clients' sockets are closed.
    ~Running() {
        boost::asio::post(io_, [this] { server_.drain(); });
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
    // From another of this machine's addresses.
    tcp::socket connect(const char* from) {
        tcp::socket socket{mine_};
        socket.open(tcp::v4());
        socket.bind({boost::asio::ip::make_address(from), 0});
        socket.connect({boost::asio::ip::make_address("127.0.0.1"), port_});
        return socket;
    }

private:
    tcp::acceptor open() {
        tcp::acceptor acceptor{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
        port_ = acceptor.local_endpoint().port();
        return acceptor;
    }

    test::TempFolder folder_;
    std::unique_ptr<store::ObjectStore> store_ = std::move(*store::DirStore::open(folder_.path()));
    NoTasks tasks_;
    boost::asio::io_context io_{1};
    boost::asio::io_context mine_;
    boost::asio::thread_pool workers_{1};
    std::uint16_t port_ = 0;
    Api api_;
    Server server_;
    std::thread thread_;
};

std::string first_line(tcp::socket& socket) {
    boost::asio::streambuf buffer;
    boost::system::error_code error;
    boost::asio::read_until(socket, buffer, "\r\n", error);
    if (error) return error.message();
    std::string line;
    std::istream stream{&buffer};
    std::getline(stream, line, '\r');
    return line;
}

} // namespace

BOOST_AUTO_TEST_SUITE(crowded_server)

BOOST_AUTO_TEST_CASE(bodies_that_do_not_come_keep_out_no_other_address) {
    Running server;
    std::vector<tcp::socket> greedy;
    for (std::size_t i = 0; i < places; ++i) {
        greedy.push_back(server.connect("127.0.0.1"));
        boost::asio::write(greedy.back(),
                           boost::asio::buffer("GET /healthz HTTP/1.1\r\nHost: " + server.host() +
                                               "\r\nContent-Length: 1000\r\n"
                                               "Expect: 100-continue\r\n\r\n"));
        BOOST_TEST_REQUIRE(first_line(greedy.back()) == "HTTP/1.1 100 Continue"); // it waits for the body now
    }
    auto honest = server.connect("127.0.0.2");
    boost::asio::write(honest,
                       boost::asio::buffer("GET /healthz HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n"));
    BOOST_TEST(first_line(honest) == "HTTP/1.1 200 OK");
}

BOOST_AUTO_TEST_SUITE_END()
