// Those who want to be woken. A handle that is destroyed waits for its running call.
//
// Threads: all functions may be called from any thread. REQUIRES: a callback does not call back.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace infra {

class Wakers {
public:
    std::shared_ptr<void> add(std::function<void()> wake) {
        auto entry = std::make_shared<Entry>(std::move(wake));
        const std::lock_guard lock(list_->mutex);
        list_->entries.push_back(entry);
        return {entry.get(), [list = list_, entry](void*) { remove(*list, entry); }};
    }

    void wake() {
        std::vector<std::shared_ptr<Entry>> entries;
        {
            const std::lock_guard lock(list_->mutex);
            entries = list_->entries;
        }
        for (const auto& entry : entries) {
            const std::lock_guard lock(entry->mutex);
            if (entry->wake) entry->wake();
        }
    }

private:
    struct Entry {
        explicit Entry(std::function<void()> call) : wake(std::move(call)) {}
        std::mutex mutex;
        std::function<void()> wake;
    };
    struct List {
        std::mutex mutex;
        std::vector<std::shared_ptr<Entry>> entries;
    };

    static void remove(List& list, const std::shared_ptr<Entry>& entry) {
        {
            const std::lock_guard lock(list.mutex);
            std::erase(list.entries, entry);
        }
        const std::lock_guard lock(entry->mutex);
        entry->wake = nullptr;
    }

    std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace infra
