// The bytes of messages beside an evidence document: read with care, for a document may come from anybody, and put into
// the document where it is to stand by itself.
#pragma once

#include <filesystem>

#include "evidence/assess.h"

namespace mailprobe::app {

/// Reads what the document holds, else the file below `folder` that it names; never one outside.
evidence::RawReader raw_beside(std::filesystem::path folder);

/// Every `path` that can be read becomes `base64`; of a message that holds a secret there is neither then.
evidence::Document with_raw(evidence::Document document, const evidence::RawReader& raw);

}  // namespace mailprobe::app
