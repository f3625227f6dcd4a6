#include "commands/user.hpp"

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

Answer handle(Work& work, const Target& target, domain::BlockUser wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UnblockUser wish) {
    return work.decide<UserDecider>(target.id(), std::move(wish));
}

}  // namespace commands
