// Where a long command says what it found and how far it is: this terminal, or the command line
// that asked a server.
//
// Threads: `print` and `tell` from the one that runs the command; `is_canceled` from any.
#pragma once

#include <string_view>

namespace cli {

class Console {
public:
    Console() = default;
    virtual ~Console() = default;
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    // What was asked for, line by line. Waits for whoever reads it.
    virtual void print(std::string_view line) = 0;
    // How far it is. Whoever does not read it in time misses it.
    virtual void tell(std::string_view line) = 0;
    // The process ends, or nobody listens any more: stop soon.
    virtual bool is_canceled() const = 0;
};

// Standard output, and standard error for `tell`. Never canceled.
class Terminal final : public Console {
public:
    void print(std::string_view line) override;
    void tell(std::string_view line) override;
    bool is_canceled() const override { return false; }
};

}  // namespace cli
