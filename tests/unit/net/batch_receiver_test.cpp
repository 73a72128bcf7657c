#include "net/batch_io.hpp"
#include "support/sandbox.hpp"

#include <sys/socket.h>
#include <unistd.h>

using namespace cp::net;

BOOST_AUTO_TEST_SUITE(batch_receiver)

BOOST_AUTO_TEST_CASE(a_kernel_without_any_call_to_receive_is_an_error_and_no_endless_loop) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    BOOST_TEST_REQUIRE(socket >= 0);
    for (const IoMode mode : {IoMode::batch, IoMode::plain})
        cp::test::without_system_calls({SYS_recvmmsg, SYS_recvmsg}, [&] {
            BatchReceiver receiver{mode};
            ReceiveCounters counters;
            BOOST_TEST(receiver.receive(socket, counters).datagrams.empty());
            BOOST_TEST(counters.errors == 1U);
        });
    ::close(socket);
}

BOOST_AUTO_TEST_SUITE_END()
