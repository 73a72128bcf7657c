// A message of HTTP off a stream, into one of Beast's parsers, without a word of the stream in the parser's
// templates.
#pragma once

#include "tls/tls.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace cp::tls {

enum class Until { head, whole };

// What lies behind the message stays in `buffer`. Errors: those of the parser, of the stream, end_of_stream
// (ended before its first byte), buffer_overflow.
template <class Parser>
asio::awaitable<boost::system::error_code> read_http(Stream& stream, boost::beast::flat_buffer& buffer,
                                                     Parser& parser, Until until) {
    namespace http = boost::beast::http;
    // A head is small, and there may be thousands of connections that have no more.
    const std::size_t step = until == Until::head ? 4096 : 65536;
    parser.eager(until == Until::whole);
    boost::system::error_code error;
    for (;;) {
        while (buffer.size() > 0) {
            if (until == Until::head ? parser.is_header_done() : parser.is_done()) break;
            error = {};
            buffer.consume(parser.put(buffer.data(), error));
            if (error) break;
        }
        if (error && error != http::error::need_more) co_return error;
        if (until == Until::head ? parser.is_header_done() : parser.is_done())
            co_return boost::system::error_code{};
        const std::size_t room = std::min(step, buffer.max_size() - buffer.size());
        if (room == 0) co_return http::make_error_code(http::error::buffer_overflow);
        const auto [failed, size] = co_await stream.read_some(buffer.prepare(room));
        buffer.commit(size);
        if (!failed) continue;
        if (failed != asio::error::eof) co_return failed;
        if (!parser.got_some()) co_return http::make_error_code(http::error::end_of_stream);
        error = {};
        parser.put_eof(error);
        co_return error;
    }
}

} // namespace cp::tls
