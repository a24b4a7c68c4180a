#include "sei/resources/scripts.hpp"

#include <fmt/format.h>
#include "sei/api/ports.hpp"

namespace sei::resources {

namespace {

/// One word for a POSIX shell, whatever is in it. A plain word stays as it is.
std::string quoted(std::string_view word) {
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

/// Returns once the sidecar answers 200. The connection lives in a subshell, so that nothing of it is left open in what
/// is started afterwards; `read` gives up on a sidecar that accepts and says nothing.
std::string wait_for_sidecar(std::int32_t port) {
    return fmt::format(
        R"(echo "waiting for the sidecar on port {0}"
until (
  exec 3<>/dev/tcp/localhost/{0} &&
  printf 'GET /v0/healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 &&
  IFS= read -r -t 5 line <&3 &&
  [[ $line == HTTP/1.[01]' 200'* ]]
) 2>/dev/null; do sleep 5; done
)",
        port
    );
}

}  // namespace

std::string seid_init_script(std::string_view chain_id) {
    return fmt::format(
        R"(set -e
if [ -f "$HOME/config/genesis.json" ]; then
  echo "the data directory is initialised"
else
  seid init {0} --chain-id {0} --home "$HOME" --overwrite
fi
mkdir -p "$HOME/tmp"
)",
        quoted(chain_id)
    );
}

std::string seid_wait_script(std::int32_t sidecar_port) {
    return wait_for_sidecar(sidecar_port) + R"(echo "the sidecar is ready: starting seid"
exec seid start --home "$HOME"
)";
}

std::string exporter_wait_script() {
    return fmt::format(
        R"(until (exec 3<>/dev/tcp/localhost/{}) 2>/dev/null; do sleep 5; done
exec /usr/local/bin/sei-cosmos-exporter --denom usei --denom-coefficient 1000000 --bech-prefix sei --listen-address :{}
)",
        api::kGrpcPort,
        api::kExporterPort
    );
}

std::string bootstrap_script(std::int32_t sidecar_port, std::int64_t halt_height) {
    return wait_for_sidecar(sidecar_port) + fmt::format(
                                                R"(echo "the sidecar is ready: starting seid with halt height {0}"
seid start --home "$HOME" --halt-height {0}
status=$?
if [ "$status" -eq 130 ]; then
  echo "seid stopped itself at height {0}"
  exit 0
fi
exit "$status"
)",
                                                halt_height
                                            );
}

}  // namespace sei::resources
