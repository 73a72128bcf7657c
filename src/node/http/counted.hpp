// One more, while this lives; also when what is awaited meanwhile throws. On the thread of the HTTP API.
#pragma once

namespace cp::http {

template <class Count>
class Counted {
public:
    explicit Counted(Count& count) : count_{count} { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    Count& count_;
};

} // namespace cp::http
