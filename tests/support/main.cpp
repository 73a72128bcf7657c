#define BOOST_TEST_MODULE cloudp2p
#include <boost/test/unit_test.hpp>
