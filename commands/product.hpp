// Handlers of what may be asked of products. A product's id is its SKU.
//
// They look up what a product names: its vendor, the items of a bundle, its passes and its
// publication must exist, and a bundle must not come to contain itself.
#pragma once

#include "commands/work.hpp"
#include "domain/product.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateProduct wish);
Answer handle(Work& work, const Target& target, domain::UpdateProduct wish);
Answer handle(Work& work, const Target& target, domain::PublishProduct wish);
Answer handle(Work& work, const Target& target, domain::ArchiveProduct wish);
Answer handle(Work& work, const Target& target, domain::RestoreProduct wish);

}  // namespace commands
