// CPE1 without cluster and client, for measuring.
//   cpe1_tool memory MIB [THREADS]    encrypts so much in place, by each thread its own, five times: MB/s of
//                                     the median
//   cpe1_tool file IN OUT [THREADS]   a whole file, by as many threads as there are cores
//   cpe1_tool check IN OUT            whether OUT is what `file` has to make of IN
#include "encrypt_file.hpp"
#include "imaging/job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace cp;
using namespace cp::imaging;

namespace {

const Secret user = Username{"bench"};

Job job_for(ByteView input) {
    Job job;
    job.keys = file_key_for(user, {}, job.seed).value().keys;
    job.input = input;
    return job;
}

void encrypt_in_place(std::span<std::byte> file) {
    const Job job = job_for(ByteView{file}.subspan(container_header_size, file.size() - container_overhead));
    if (!run(job, file)) throw std::runtime_error{"cannot encrypt"};
}

void measure_memory(std::size_t mib, unsigned threads) {
    const std::size_t size = (mib << 20U) + container_overhead;
    std::vector<Bytes> files(threads, Bytes(size, std::byte{1}));
    std::array<double, 5> rates{};
    const std::clock_t begun = std::clock();
    for (double& rate : rates) {
        const auto begin = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> workers;
            for (Bytes& file : files) workers.emplace_back([&file] { encrypt_in_place(file); });
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        rate = static_cast<double>(size) * threads / 1e6 / taken.count();
    }
    std::ranges::sort(rates);
    const double worked = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    const double all = static_cast<double>(size) * threads * rates.size() / 1e6;
    std::printf("%.0f MB/s (%.0f a processor second)\n", rates[rates.size() / 2], all / worked);
}

void encrypt(const std::string& in, const std::string& out, unsigned threads) {
    const Seed seed{};
    cp::bench::encrypt_file(file_key_for(user, {}, seed).value(), derive_counter_start(seed), in, out,
                            threads);
}

Bytes whole(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file) throw std::runtime_error{"cannot read " + path};
    const ByteView view = as_bytes(bytes.view());
    return {view.begin(), view.end()};
}

void check(const std::string& in, const std::string& out) {
    const auto held = check_holds(whole(out), file_key_for(user, {}, {}).value(), whole(in));
    if (!held) throw std::runtime_error{out + ": " + held.error().message()};
}

unsigned count_of(const std::vector<std::string>& words, std::size_t at, unsigned otherwise) {
    return words.size() > at ? static_cast<unsigned>(std::stoul(words[at])) : otherwise;
}

} // namespace

int main(int count, char** words) {
    const std::vector<std::string> a{words + 1, words + count};
    try {
        if (a.size() >= 2 && a[0] == "memory")
            measure_memory(std::stoul(a[1]), count_of(a, 2, 1));
        else if (a.size() >= 3 && a[0] == "file")
            encrypt(a[1], a[2], count_of(a, 3, std::thread::hardware_concurrency()));
        else if (a.size() == 3 && a[0] == "check")
            check(a[1], a[2]);
        else
            throw std::runtime_error{
                "usage: cpe1_tool memory MIB [THREADS] | file IN OUT [THREADS] | check IN OUT"};
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "cpe1_tool: " << e.what() << '\n';
        return 1;
    }
}
