#include "commands/user.hpp"

#include <algorithm>

#include "commands/naming.hpp"

namespace commands {

using domain::UserDecider;

Answer handle(Work& work, const Target& target, domain::CreateUser wish) {
    const std::string id = id_for(work, target, wish.id);
    wish.next_customer_number = work.next_number(domain::customer_numbers);
    return work.decide<UserDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UpdateUser wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ChangeLoginIdentifier wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::SetUserMetadata wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RemoveUserMetadata wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::SetPassword wish) {
    wish.now = work.now();
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::BlockUser wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UnblockUser wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

// What is held for the user is erased with the entry; see Work.
Answer handle(Work& work, const Target& target, domain::DeleteUser wish) {
    const domain::UserId id{std::string(target.id())};
    wish.has_live_contracts = std::ranges::any_of(
        work.held_for(id, domain::Kind::contracts), [&work](const std::string& contract) {
            const auto status = work.load<domain::ContractDecider>(contract).state.status;
            return status != domain::ContractStatus::canceled &&
                   status != domain::ContractStatus::expired;
        });
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

}  // namespace commands
