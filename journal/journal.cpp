#include "journal/journal.hpp"

namespace journal {

std::string_view name(JournalError error) {
    switch (error) {
        case JournalError::unavailable: return "unavailable";
        case JournalError::outcome_unknown: return "outcome_unknown";
        case JournalError::full: return "full";
        case JournalError::broken: return "broken";
    }
    return "";
}

}  // namespace journal
