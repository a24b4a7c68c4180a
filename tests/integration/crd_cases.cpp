#include "integration/crd_cases.hpp"

#include "kube/json/json.hpp"

namespace integration {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::string_view kNodes = "seinodes";
constexpr std::string_view kDeployments = "seinodedeployments";
constexpr std::string_view kTasks = "seinodetasks";

/// A valid object of the kind, with a JSON merge patch of its spec: what a case is about, and nothing else.
object made(std::string_view kind, std::string_view valid_spec, std::string_view spec_patch) {
    value spec = kube::json::parse(valid_spec);
    kube::json::apply_merge_patch(spec, kube::json::parse(spec_patch));
    object out{{"apiVersion", "sei.io/v1alpha1"}, {"kind", kind}, {"metadata", object{}}};
    out["spec"] = std::move(spec);
    return out;
}

object node(std::string_view spec_patch) {
    return made("SeiNode", R"({"chainId": "pacific-1", "image": "seid:v1", "fullNode": {}})", spec_patch);
}

object validator(std::string_view validator_patch) {
    object out = node(R"({"fullNode": null, "validator": {}})");
    kube::json::apply_merge_patch(out["spec"].at("validator"), kube::json::parse(validator_patch));
    return out;
}

object deployment(std::string_view spec_patch) {
    return made(
        "SeiNodeDeployment",
        R"({"replicas": 1, "updateStrategy": {"type": "InPlace"},
            "template": {"spec": {"chainId": "pacific-1", "image": "seid:v1", "validator": {}}}})",
        spec_patch
    );
}

object task(std::string_view spec_patch) {
    return made(
        "SeiNodeTask",
        R"({"kind": "UpdateNodeImage", "target": {"nodeRef": {"name": "val-0"}}, "updateNodeImage": {"image": "seid:v2"}})",
        spec_patch
    );
}

/// A task of another kind: its payload in place of the valid one's.
object task_of(std::string_view kind, std::string_view spec_patch) {
    object out = task(R"({"updateNodeImage": null})");
    out["spec"].as_object()["kind"] = kind;
    kube::json::apply_merge_patch(out["spec"], kube::json::parse(spec_patch));
    return out;
}

object json(std::string_view text) {
    return kube::json::parse(text).as_object();
}

class Cases {
public:
    void creates(std::string behaviour, std::string_view plural, object after, std::string_view stored = "{}") {
        cases_.push_back(
            {.behaviour = std::move(behaviour), .plural = plural, .after = std::move(after), .stored = json(stored)}
        );
    }
    void refuses(
        std::string behaviour, std::string_view plural, object after, std::string field, std::string message = {}
    ) {
        cases_.push_back(
            {.behaviour = std::move(behaviour),
             .plural = plural,
             .after = std::move(after),
             .is_accepted = false,
             .field = std::move(field),
             .message = std::move(message)}
        );
    }
    void updates(
        std::string behaviour, std::string_view plural, object before, object after, std::string_view stored = "{}"
    ) {
        creates(std::move(behaviour), plural, std::move(after), stored);
        cases_.back().before = std::move(before);
    }
    void refuses_update(
        std::string behaviour,
        std::string_view plural,
        object before,
        object after,
        std::string field,
        std::string message = {}
    ) {
        refuses(std::move(behaviour), plural, std::move(after), std::move(field), std::move(message));
        cases_.back().before = std::move(before);
    }
    [[nodiscard]] std::vector<CrdCase> take() { return std::move(cases_); }

private:
    std::vector<CrdCase> cases_;
};

// ---- SeiNode ---------------------------------------------------------------------------------------------------

void add_node_defaults(Cases& cases) {
    cases.creates(
        "a present sidecar gets port 7777",
        kNodes,
        node(R"({"sidecar": {}})"),
        R"({"spec": {"sidecar": {"port": 7777}}})"
    );
    cases.creates(
        "an absent sidecar gets nothing", kNodes, node("{}"), R"({"spec": {"sidecar": null, "fullNode": {}}})"
    );
    cases.creates(
        "a port that is given stays",
        kNodes,
        node(R"({"sidecar": {"port": 9000}})"),
        R"({"spec": {"sidecar": {"port": 9000}}})"
    );
    cases.creates(
        "a keyring Secret gets the key name node_admin",
        kNodes,
        validator(R"({"operatorKeyring": {"secret": {"secretName": "k",
                      "passphraseSecretRef": {"secretName": "p", "key": "x"}}}})"),
        R"({"spec": {"validator": {"operatorKeyring": {"secret": {"keyName": "node_admin"}}}}})"
    );
    cases.creates(
        "a key name that is given stays",
        kNodes,
        validator(R"({"operatorKeyring": {"secret": {"secretName": "k", "keyName": "me",
                      "passphraseSecretRef": {"secretName": "p", "key": "x"}}}})"),
        R"({"spec": {"validator": {"operatorKeyring": {"secret": {"keyName": "me"}}}}})"
    );
}

void add_node_pruning(Cases& cases) {
    cases.creates(
        "unknown fields are dropped",
        kNodes,
        node(R"({"genesis": {"chainId": "x"}, "storage": {}, "fullNode": {"unknown": 1}})"),
        R"({"spec": {"genesis": null, "storage": null, "fullNode": {"unknown": null}}})"
    );
    cases.creates(
        "presence-only objects keep nothing but their presence",
        kNodes,
        node(R"({"fullNode": {"snapshot": {"stateSync": {"x": 1}},
                 "snapshotGeneration": {"tendermint": {"keepRecent": 2, "publish": {"x": 1}}}}})"),
        R"({"spec": {"fullNode": {"snapshot": {"stateSync": {"x": null}},
            "snapshotGeneration": {"tendermint": {"publish": {"x": null}}}}}})"
    );
}

void add_node_modes(Cases& cases) {
    const std::string message = "fullNode, archive, replayer, validator: exactly one must be set";
    cases.creates("a full node is a mode (N1)", kNodes, node("{}"));
    cases.creates("an archive is a mode (N1)", kNodes, node(R"({"fullNode": null, "archive": {}})"));
    cases.creates("a validator is a mode (N1)", kNodes, node(R"({"fullNode": null, "validator": {}})"));
    cases.refuses("no mode at all (N1)", kNodes, node(R"({"fullNode": null})"), "spec", message);
    cases.refuses("two modes (N1)", kNodes, node(R"({"archive": {}})"), "spec", message);
    cases.refuses_update(
        "a mode switched on beside another by an update (N1)",
        kNodes,
        node("{}"),
        node(R"({"validator": {}})"),
        "spec",
        message
    );
    cases.updates("the mode may change", kNodes, node("{}"), node(R"({"fullNode": null, "archive": {}})"));
    const std::string_view replayer =
        R"({"fullNode": null, "replayer": {"snapshot": {"s3": {"targetHeight": 1}}},
            "peers": [{"static": {"addresses": ["id@host:26656"]}}]})";
    cases.creates("a replayer with peers (N1, N2)", kNodes, node(replayer));
    const std::string peers = "peers is required when replayer is set";
    cases.refuses(
        "a replayer without peers (N2)",
        kNodes,
        node(R"({"fullNode": null, "replayer": {"snapshot": {"s3": {"targetHeight": 1}}}})"),
        "spec",
        peers
    );
    cases.refuses(
        "a replayer with an empty list of peers (N2)",
        kNodes,
        node(R"({"fullNode": null, "replayer": {"snapshot": {"s3": {"targetHeight": 1}}}, "peers": []})"),
        "spec",
        peers
    );
    cases.refuses(
        "a replayer without a snapshot",
        kNodes,
        node(R"({"fullNode": null, "replayer": {}, "peers": [{"static": {"addresses": ["a"]}}]})"),
        "spec.replayer.snapshot",
        "Required value"
    );
    cases.refuses(
        "a shadow result without an RPC",
        kNodes,
        node(R"({"fullNode": null, "replayer": {"snapshot": {"s3": {"targetHeight": 1}},
                 "resultExport": {"shadowResult": {"canonicalRpc": ""}}},
                 "peers": [{"static": {"addresses": ["a"]}}]})"),
        "spec.replayer.resultExport.shadowResult.canonicalRpc"
    );
}

void add_node_peers(Cases& cases) {
    const std::string message = "ec2Tags, static, label: exactly one must be set";
    cases.creates(
        "each way to find peers (N3)",
        kNodes,
        node(R"({"peers": [{"ec2Tags": {"region": "us-east-2", "tags": {"a": "b"}}}, {"static": {"addresses": ["a"]}},
                           {"label": {"selector": {"a": "b"}}}]})")
    );
    cases.refuses("a peer source of no way (N3)", kNodes, node(R"({"peers": [{}]})"), "spec.peers[0]", message);
    cases.refuses(
        "a peer source of two ways (N3)",
        kNodes,
        node(R"({"peers": [{"static": {"addresses": ["a"]}},
                           {"static": {"addresses": ["a"]}, "label": {"selector": {"a": "b"}}}]})"),
        "spec.peers[1]",
        message
    );
    cases.refuses(
        "a static source without addresses",
        kNodes,
        node(R"({"peers": [{"static": {"addresses": []}}]})"),
        "spec.peers[0].static.addresses"
    );
    cases.refuses(
        "a label source that selects nothing",
        kNodes,
        node(R"({"peers": [{"label": {"selector": {}}}]})"),
        "spec.peers[0].label.selector"
    );
    cases.refuses(
        "an EC2 source without a region",
        kNodes,
        node(R"({"peers": [{"ec2Tags": {"region": "", "tags": {"a": "b"}}}]})"),
        "spec.peers[0].ec2Tags.region"
    );
}

void add_node_snapshots(Cases& cases) {
    const std::string message = "s3, stateSync: exactly one must be set";
    cases.creates(
        "a snapshot from s3 (N6)", kNodes, node(R"({"fullNode": {"snapshot": {"s3": {"targetHeight": 1}}}})")
    );
    cases.creates("a snapshot by state sync (N6)", kNodes, node(R"({"fullNode": {"snapshot": {"stateSync": {}}}})"));
    cases.refuses(
        "a snapshot from nowhere (N6)",
        kNodes,
        node(R"({"fullNode": {"snapshot": {}}})"),
        "spec.fullNode.snapshot",
        message
    );
    cases.refuses(
        "a snapshot from both (N6)",
        kNodes,
        validator(R"({"snapshot": {"s3": {"targetHeight": 1}, "stateSync": {}}})"),
        "spec.validator.snapshot",
        message
    );
    object null_source = node(R"({"fullNode": {"snapshot": {}}})");
    null_source["spec"].at("fullNode").at("snapshot").as_object()["s3"] = nullptr;
    cases.refuses(
        "a null source counts as absent (N6)", kNodes, std::move(null_source), "spec.fullNode.snapshot", message
    );
    cases.refuses(
        "a target height of 0",
        kNodes,
        node(R"({"fullNode": {"snapshot": {"s3": {"targetHeight": 0}}}})"),
        "spec.fullNode.snapshot.s3.targetHeight"
    );
    cases.refuses(
        "keeping no snapshot",
        kNodes,
        node(R"({"fullNode": null, "archive": {"snapshotGeneration": {"tendermint": {"keepRecent": 0}}}})"),
        "spec.archive.snapshotGeneration.tendermint.keepRecent"
    );
}

/// What is beyond the contract (docs/decisions/0045).
void add_node_endpoints(Cases& cases) {
    for (const std::string address : {"n0.example.com:26656", "192.0.2.7:1", "[2001:db8::7]:65535"}) {
        cases.creates(
            "an external address " + address,
            kNodes,
            node(R"({"externalAddress": ")" + address + R"("})"),
            R"({"spec": {"externalAddress": ")" + address + R"("}})"
        );
    }
    const std::vector<std::string> malformed{
        "",
        "n0.example.com",
        ":26656",
        "tcp://n0.example.com:26656",
        "id@n0.example.com:26656",
        "a:1,b:1",
        "a:0",
        "a:65536",
        "a b:1",
        "a:1/x"
    };
    for (const std::string& address : malformed) {
        cases.refuses(
            "an external address \"" + address + "\"",
            kNodes,
            node(R"({"externalAddress": ")" + address + R"("})"),
            "spec.externalAddress",
            "should match"
        );
    }
    const auto witnesses = [](const std::string& list) {
        return node(R"({"fullNode": {"snapshot": {"s3": {"targetHeight": 1}, "witnesses": )" + list + "}}}");
    };
    cases.creates(
        "two witnesses of a snapshot from s3",
        kNodes,
        witnesses(R"(["a.example.com:26657", "b.example.com:26657"])"),
        R"({"spec": {"fullNode": {"snapshot": {"witnesses": ["a.example.com:26657", "b.example.com:26657"]}}}})"
    );
    cases.creates(
        "two witnesses of a state sync",
        kNodes,
        validator(R"({"snapshot": {"stateSync": {}, "witnesses": ["a:1", "a:2"]}})")
    );
    const std::string field = "spec.fullNode.snapshot.witnesses";
    cases.refuses("one witness", kNodes, witnesses(R"(["a:1"])"), field, "should have at least 2 items");
    cases.refuses("no witness", kNodes, witnesses("[]"), field, "should have at least 2 items");
    cases.refuses(
        "more witnesses than anybody asks",
        kNodes,
        witnesses(
            R"(["a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9", "b:1", "b:2", "b:3", "b:4", "b:5",
                "b:6", "b:7", "b:8"])"
        ),
        field
    );
    cases.refuses(
        "a witness that is there twice", kNodes, witnesses(R"(["a:1", "a:1"])"), field, "witnesses must be distinct"
    );
    for (const std::string& witness : malformed) {
        cases.refuses(
            "a witness \"" + witness + "\"",
            kNodes,
            witnesses(R"(["a:1", ")" + witness + R"("])"),
            field + "[1]",
            "should match"
        );
    }
    cases.refuses(
        "an external address for all nodes of a deployment",
        kDeployments,
        deployment(R"({"template": {"spec": {"externalAddress": "a:1"}}})"),
        "spec",
        "spec.template.spec.externalAddress cannot be set"
    );
}

void add_halt_height(Cases& cases) {
    const auto halting = [](const std::string& heights, const std::string& others) {
        return node(R"({"fullNode": {"snapshot": {"s3": {)" + heights + "}" + others + "}}}");
    };
    const std::string boot = R"(, "bootstrapImage": "seid:v0")";
    for (const std::string height : {"100", "200"}) {
        cases.creates(
            "a bootstrap from 100 or before that halts at " + height,
            kNodes,
            halting(R"("targetHeight": 100, "haltHeight": )" + height, boot),
            R"({"spec": {"fullNode": {"snapshot": {"s3": {"haltHeight": )" + height + "}}}}}"
        );
    }
    cases.refuses(
        "a bootstrap that halts below what it may restore",
        kNodes,
        halting(R"("targetHeight": 100, "haltHeight": 99)", boot),
        "spec.fullNode.snapshot",
        "s3.haltHeight must not be below s3.targetHeight"
    );
    for (const std::string others : {"", R"(, "bootstrapImage": "")"}) {
        cases.refuses(
            "a halt height without a bootstrap image" + others,
            kNodes,
            halting(R"("targetHeight": 100, "haltHeight": 200)", others),
            "spec.fullNode.snapshot",
            "s3.haltHeight requires bootstrapImage"
        );
    }
    cases.refuses(
        "a halt height of 0",
        kNodes,
        halting(R"("targetHeight": 100, "haltHeight": 0)", boot),
        "spec.fullNode.snapshot.s3.haltHeight"
    );
}

void add_node_data_volume(Cases& cases) {
    const object imported = node(R"({"dataVolume": {"import": {"pvcName": "old"}}})");
    cases.creates("an imported volume", kNodes, imported);
    cases.updates("an import may be added later (N4)", kNodes, node(R"({"dataVolume": {}})"), imported);
    cases.updates(
        "an import that stays is fine (N4, N5)",
        kNodes,
        imported,
        node(R"({"image": "seid:v2", "dataVolume": {"import": {"pvcName": "old"}}})")
    );
    cases.refuses_update(
        "an import cannot be unset (N4)",
        kNodes,
        imported,
        node(R"({"dataVolume": {}})"),
        "spec.dataVolume",
        "import cannot be unset once configured"
    );
    cases.refuses_update(
        "nor together with all of dataVolume, after which another one could be imported",
        kNodes,
        imported,
        node("{}"),
        "spec",
        "dataVolume.import cannot be unset once configured"
    );
    cases.refuses_update(
        "the imported claim cannot be exchanged (N5)",
        kNodes,
        imported,
        node(R"({"dataVolume": {"import": {"pvcName": "new"}}})"),
        "spec.dataVolume.import.pvcName",
        "pvcName is immutable"
    );
    cases.refuses(
        "a claim's name that is no DNS label",
        kNodes,
        node(R"({"dataVolume": {"import": {"pvcName": "Old.Data"}}})"),
        "spec.dataVolume.import.pvcName"
    );
    const object retained = node(R"({"dataVolume": {"retain": true}})");
    cases.updates("data are retained from some time on", kNodes, node("{}"), retained);
    cases.updates("and no longer", kNodes, retained, node("{}"));
    cases.refuses(
        "retain is true or false", kNodes, node(R"({"dataVolume": {"retain": "yes"}})"), "spec.dataVolume.retain"
    );
}

/// Of a template: what is imported stays, whether data are retained does not.
void add_template_data_volume(Cases& cases) {
    const auto with = [](const std::string& data_volume) {
        return deployment(R"({"template": {"spec": {"dataVolume": )" + data_volume + "}}}");
    };
    const object imported = with(R"({"import": {"pvcName": "old"}})");
    const std::string message = "spec.template.spec.dataVolume.import is immutable";
    cases.updates(
        "a template retains data from some time on", kDeployments, deployment("{}"), with(R"({"retain": true})")
    );
    cases.updates("a template no longer retains data", kDeployments, with(R"({"retain": true})"), deployment("{}"));
    cases.updates(
        "beside an import, too", kDeployments, imported, with(R"({"retain": true, "import": {"pvcName": "old"}})")
    );
    cases.refuses_update(
        "an import that comes to a template", kDeployments, with(R"({"retain": true})"), imported, "spec", message
    );
    cases.refuses_update(
        "an import that comes with its data volume", kDeployments, deployment("{}"), imported, "spec", message
    );
    cases.refuses_update(
        "an import of a template that goes", kDeployments, imported, with(R"({"retain": true})"), "spec", message
    );
    cases.refuses_update(
        "an import of a template that is another",
        kDeployments,
        imported,
        with(R"({"import": {"pvcName": "new"}})"),
        "spec.template.spec.dataVolume.import.pvcName",
        "pvcName is immutable"
    );
}

void add_node_bounds(Cases& cases) {
    cases.refuses("a node without a chain", kNodes, node(R"({"chainId": null})"), "spec.chainId", "Required value");
    cases.refuses("an empty chain", kNodes, node(R"({"chainId": ""})"), "spec.chainId");
    cases.refuses("a node without an image", kNodes, node(R"({"image": null})"), "spec.image", "Required value");
    cases.refuses("an empty image", kNodes, node(R"({"image": ""})"), "spec.image");
    cases.creates("an image of 512 characters", kNodes, node(R"({"image": ")" + std::string(512, 'a') + R"("})"));
    cases.refuses(
        "an image of 513 characters", kNodes, node(R"({"image": ")" + std::string(513, 'a') + R"("})"), "spec.image"
    );
    cases.creates(
        "quantities as numbers and as text",
        kNodes,
        node(R"({"sidecar": {"resources": {"limits": {"cpu": 2}, "requests": {"memory": "1.5Gi"}}}})"),
        R"({"spec": {"sidecar": {"resources": {"limits": {"cpu": 2}, "requests": {"memory": "1.5Gi"}}}}})"
    );
    cases.refuses(
        "what is no quantity",
        kNodes,
        node(R"({"sidecar": {"resources": {"requests": {"memory": "lots"}}}})"),
        "spec.sidecar.resources.requests.memory"
    );
    cases.refuses(
        "the same claim twice",
        kNodes,
        node(R"({"sidecar": {"resources": {"claims": [{"name": "c"}, {"name": "c"}]}}})"),
        "spec.sidecar.resources.claims[1]"
    );
    cases.refuses("a port that is text", kNodes, node(R"({"sidecar": {"port": "http"}})"), "spec.sidecar.port");
}

// ---- Validators ------------------------------------------------------------------------------------------------

/// A validator with all its Secrets, each of another name.
object with_secrets(
    std::string_view signing, std::string_view node_key, std::string_view keyring, std::string_view passphrase
) {
    object spec{
        {"signingKey", object{{"secret", object{{"secretName", signing}}}}},
        {"nodeKey", object{{"secret", object{{"secretName", node_key}}}}}
    };
    spec["operatorKeyring"] = object{
        {"secret",
         object{
             {"secretName", keyring}, {"passphraseSecretRef", object{{"secretName", passphrase}, {"key", "passphrase"}}}
         }}
    };
    return validator(kube::json::serialize(value(std::move(spec))));
}

void add_validator_secrets(Cases& cases) {
    cases.creates("four Secrets of four names (V1-V9)", kNodes, with_secrets("s", "n", "k", "p"));
    cases.creates(
        "a signing key and a node key together (V1)",
        kNodes,
        validator(R"({"signingKey": {"secret": {"secretName": "s"}}, "nodeKey": {"secret": {"secretName": "n"}}})")
    );
    const std::string together = "signingKey and nodeKey must be set together";
    cases.refuses(
        "a signing key without a node key (V1)",
        kNodes,
        validator(R"({"signingKey": {"secret": {"secretName": "s"}}})"),
        "spec.validator",
        together
    );
    cases.refuses(
        "a node key without a signing key (V1)",
        kNodes,
        validator(R"({"nodeKey": {"secret": {"secretName": "n"}}})"),
        "spec.validator",
        together
    );
    struct Distinct {
        std::string behaviour;
        object after;
        std::string message;
    };
    for (auto& [behaviour, after, message] : std::vector<Distinct>{
             {"one Secret for signing and node key (V2)",
              with_secrets("x", "x", "k", "p"),
              "signingKey and nodeKey must reference distinct Secrets"},
             {"one Secret for keyring and signing key (V3)",
              with_secrets("x", "n", "x", "p"),
              "operatorKeyring and signingKey must reference distinct Secrets"},
             {"one Secret for keyring and node key (V4)",
              with_secrets("s", "x", "x", "p"),
              "operatorKeyring and nodeKey must reference distinct Secrets"},
             {"one Secret for keyring and passphrase (V5)",
              with_secrets("s", "n", "x", "x"),
              "operatorKeyring.secret and its passphraseSecretRef must reference distinct Secrets"},
             {"one Secret for passphrase and signing key (V6)",
              with_secrets("x", "n", "k", "x"),
              "operatorKeyring.secret.passphraseSecretRef and signingKey must reference distinct Secrets"},
             {"one Secret for passphrase and node key (V7)",
              with_secrets("s", "x", "k", "x"),
              "operatorKeyring.secret.passphraseSecretRef and nodeKey must reference distinct Secrets"},
         }) {
        cases.refuses(behaviour, kNodes, std::move(after), "spec.validator", message);
    }
    cases.refuses(
        "a signing key without a source (V8)",
        kNodes,
        validator(R"({"signingKey": {}, "nodeKey": {"secret": {"secretName": "n"}}})"),
        "spec.validator.signingKey",
        "signingKey: exactly one source must be set"
    );
    cases.refuses(
        "a node key without a source (V9)",
        kNodes,
        validator(R"({"signingKey": {"secret": {"secretName": "s"}}, "nodeKey": {}})"),
        "spec.validator.nodeKey",
        "nodeKey: exactly one source must be set"
    );
    cases.refuses(
        "an empty keyring, as its rules cannot be evaluated (V5)",
        kNodes,
        validator(R"({"operatorKeyring": {}})"),
        "spec.validator",
        "no such key: secret"
    );
}

void add_validator_immutability(Cases& cases) {
    const object before = with_secrets("s", "n", "k", "p");
    cases.updates("the same Secrets again (V10, V11)", kNodes, before, before);
    cases.updates(
        "Secrets may be added later (V10, V11)", kNodes, node(R"({"fullNode": null, "validator": {}})"), before
    );
    struct Changed {
        std::string behaviour;
        object after;
        std::string field;
        std::string message;
    };
    for (auto& [behaviour, after, field, message] : std::vector<Changed>{
             {"the signing key's Secret cannot be exchanged (V10)",
              with_secrets("x", "n", "k", "p"),
              "spec.validator.signingKey.secret.secretName",
              "secretName is immutable"},
             {"the node key's Secret cannot be exchanged (V10)",
              with_secrets("s", "x", "k", "p"),
              "spec.validator.nodeKey.secret.secretName",
              "secretName is immutable"},
             {"the keyring's Secret cannot be exchanged (V10)",
              with_secrets("s", "n", "x", "p"),
              "spec.validator.operatorKeyring.secret.secretName",
              "secretName is immutable"},
             {"the passphrase's Secret cannot be exchanged (V11)",
              with_secrets("s", "n", "k", "x"),
              "spec.validator.operatorKeyring.secret.passphraseSecretRef.secretName",
              "passphraseSecretRef.secretName is immutable"},
         }) {
        cases.refuses_update(behaviour, kNodes, before, std::move(after), field, message);
    }
    const std::string key_stays = "validator.signingKey cannot be unset once configured";
    cases.refuses_update(
        "the signing key cannot go, after which another one could come",
        kNodes,
        before,
        node(R"({"fullNode": null, "validator": {}})"),
        "spec",
        key_stays
    );
    cases.refuses_update("nor together with the mode", kNodes, before, node("{}"), "spec", key_stays);
    object other_key = before;
    kube::json::apply_merge_patch(
        other_key["spec"], kube::json::parse(R"({"validator": {"operatorKeyring": {"secret": {"keyName": "other",
                              "passphraseSecretRef": {"key": "other"}}}}})")
    );
    cases.updates("key names may change", kNodes, before, std::move(other_key));
}

void add_validator_bounds(Cases& cases) {
    cases.refuses(
        "a Secret's name that is no DNS label",
        kNodes,
        with_secrets("S.s", "n", "k", "p"),
        "spec.validator.signingKey.secret.secretName"
    );
    cases.refuses(
        "an empty Secret's name", kNodes, with_secrets("s", "", "k", "p"), "spec.validator.nodeKey.secret.secretName"
    );
    cases.refuses(
        "a key name with a dot",
        kNodes,
        validator(R"({"operatorKeyring": {"secret": {"secretName": "k", "keyName": "a.b",
                      "passphraseSecretRef": {"secretName": "p", "key": "x"}}}})"),
        "spec.validator.operatorKeyring.secret.keyName"
    );
    cases.refuses(
        "a ceremony without a staking amount",
        kNodes,
        validator(R"({"genesisCeremony": {"chainId": "c", "stakingAmount": "", "accountBalance": "1usei", "index": 0}})"
        ),
        "spec.validator.genesisCeremony.stakingAmount"
    );
    cases.refuses(
        "a negative index in a ceremony",
        kNodes,
        validator(
            R"({"genesisCeremony": {"chainId": "c", "stakingAmount": "1usei", "accountBalance": "1usei", "index": -1}})"
        ),
        "spec.validator.genesisCeremony.index"
    );
}

// ---- SeiNodeDeployment -----------------------------------------------------------------------------------------

void add_deployments(Cases& cases) {
    cases.creates(
        "a deployment gets its defaults",
        kDeployments,
        deployment(R"({"replicas": null, "genesis": {"chainId": "new-1"}})"),
        R"({"spec": {"replicas": 1, "deletionPolicy": "Delete", "genesis": {"stakingAmount": "10000000usei",
            "accountBalance":
              "1000000000000000000000usei,1000000000000000000000uusdc,1000000000000000000000uatom",
            "maxCeremonyDuration": null}}})"
    );
    cases.creates(
        "values that are given stay",
        kDeployments,
        deployment(R"({"replicas": 100, "deletionPolicy": "Retain",
                       "genesis": {"chainId": "new-1", "stakingAmount": "", "accountBalance": "1usei"}})"),
        R"({"spec": {"replicas": 100, "deletionPolicy": "Retain",
            "genesis": {"stakingAmount": "", "accountBalance": "1usei"}}})"
    );
    cases.creates(
        "the template gets a node's defaults",
        kDeployments,
        deployment(R"({"template": {"spec": {"sidecar": {}}}})"),
        R"({"spec": {"template": {"spec": {"sidecar": {"port": 7777}}}}})"
    );
    cases.creates(
        "networking keeps nothing but its presence",
        kDeployments,
        deployment(R"({"networking": {"x": 1}})"),
        R"({"spec": {"networking": {"x": null}}})"
    );
    cases.creates(
        "overrides of genesis keep any JSON",
        kDeployments,
        deployment(R"({"genesis": {"chainId": "new-1", "overrides": {"a.b": {"c": [1, {"d": "e"}]}, "f": true}}})"),
        R"({"spec": {"genesis": {"overrides": {"a.b": {"c": [1, {"d": "e"}]}, "f": true}}}})"
    );
    cases.refuses(
        "no replica",
        kDeployments,
        deployment(R"({"replicas": 0})"),
        "spec.replicas",
        "should be greater than or equal to 1"
    );
    cases.refuses(
        "a hundred and one replicas",
        kDeployments,
        deployment(R"({"replicas": 101})"),
        "spec.replicas",
        "should be less than or equal to 100"
    );
    cases.refuses(
        "another update strategy",
        kDeployments,
        deployment(R"({"updateStrategy": {"type": "RollingUpdate"}})"),
        "spec.updateStrategy.type",
        "Unsupported value"
    );
    cases.refuses(
        "no update strategy",
        kDeployments,
        deployment(R"({"updateStrategy": null})"),
        "spec.updateStrategy",
        "Required value"
    );
    cases.creates(
        "the least bound of a rollout, and the shortest deadline",
        kDeployments,
        deployment(R"({"updateStrategy": {"maxUnavailable": 1, "progressDeadlineSeconds": 1}})"),
        R"({"spec": {"updateStrategy": {"maxUnavailable": 1, "progressDeadlineSeconds": 1}}})"
    );
    for (const std::string field : {"maxUnavailable", "progressDeadlineSeconds"}) {
        cases.refuses(
            "an update strategy whose " + field + " is 0",
            kDeployments,
            deployment(R"({"updateStrategy": {")" + field + R"(": 0}})"),
            "spec.updateStrategy." + field,
            "should be greater than or equal to 1"
        );
    }
    cases.refuses(
        "another deletion policy",
        kDeployments,
        deployment(R"({"deletionPolicy": "Orphan"})"),
        "spec.deletionPolicy",
        "Unsupported value"
    );
    cases.refuses(
        "a chain ID of one character",
        kDeployments,
        deployment(R"({"genesis": {"chainId": "a"}})"),
        "spec.genesis.chainId"
    );
    cases.refuses(
        "an account without a balance",
        kDeployments,
        deployment(R"({"genesis": {"chainId": "new-1", "accounts": [{"address": "sei1x"}]}})"),
        "spec.genesis.accounts[0].balance",
        "Required value"
    );
    cases.refuses(
        "a template of two modes (N1)",
        kDeployments,
        deployment(R"({"template": {"spec": {"fullNode": {}}}})"),
        "spec.template.spec",
        "fullNode, archive, replayer, validator: exactly one must be set"
    );
    cases.refuses_update(
        "Secrets of a template cannot be exchanged either (V10)",
        kDeployments,
        deployment(R"({"template": {"spec": {"validator": {"signingKey": {"secret": {"secretName": "s"}},
                       "nodeKey": {"secret": {"secretName": "n"}}}}}})"),
        deployment(R"({"template": {"spec": {"validator": {"signingKey": {"secret": {"secretName": "x"}},
                       "nodeKey": {"secret": {"secretName": "n"}}}}}})"),
        "spec.template.spec.validator.signingKey.secret.secretName",
        "secretName is immutable"
    );
}

/// Two validators that sign with one key are slashed.
void add_shared_signing_key(Cases& cases) {
    const auto with_key = [](int replicas) {
        return deployment(
            R"({"replicas": )" + std::to_string(replicas) +
            R"(, "template": {"spec": {"validator": {"signingKey": {"secret": {"secretName": "s"}},
                "nodeKey": {"secret": {"secretName": "n"}}}}}})"
        );
    };
    const std::string message = "spec.replicas must be 1 where the template has a signingKey";
    cases.creates("one replica with a signing key", kDeployments, with_key(1));
    cases.refuses("two replicas with one signing key", kDeployments, with_key(2), "spec", message);
    cases.refuses_update(
        "a second replica beside one with a signing key", kDeployments, with_key(1), with_key(2), "spec", message
    );
    cases.refuses_update(
        "a signing key that comes to two replicas",
        kDeployments,
        deployment(R"({"replicas": 2})"),
        with_key(2),
        "spec",
        message
    );
}

void add_genesis(Cases& cases) {
    cases.creates("genesis for validators (D1)", kDeployments, deployment(R"({"genesis": {"chainId": "new-1"}})"));
    cases.refuses(
        "genesis for full nodes (D1)",
        kDeployments,
        deployment(R"({"genesis": {"chainId": "new-1"},
                       "template": {"spec": {"validator": null, "fullNode": {}}}})"),
        "spec",
        "spec.genesis is meaningful only for validators"
    );
    const std::string_view full =
        R"({"genesis": {"chainId": "new-1", "accounts": [{"address": "sei1a", "balance": "1usei"}],
                                      "overrides": {"a": {"b": 1}}}})";
    const object before = deployment(full);
    cases.updates(
        "genesis may be added later (D2)",
        kDeployments,
        deployment("{}"),
        deployment(R"({"genesis": {"chainId": "new-1"}})")
    );
    object with_replicas = before;
    with_replicas["spec"].as_object()["replicas"] = 3;
    cases.updates("genesis that stays is fine (D2)", kDeployments, before, std::move(with_replicas));
    const std::string message = "spec.genesis is immutable";
    struct Change {
        std::string behaviour;
        std::string_view patch;
    };
    for (const auto& [behaviour, patch] : std::vector<Change>{
             {"genesis cannot be cleared (D2)", R"({"genesis": null})"},
             {"its chain cannot change (D2)", R"({"genesis": {"chainId": "new-2"}})"},
             {"its amounts cannot change (D2)", R"({"genesis": {"stakingAmount": "1usei"}})"},
             {"its accounts cannot grow (D2)",
              R"({"genesis": {"accounts": [{"address": "sei1a", "balance": "1usei"},
                                           {"address": "sei1b", "balance": "1usei"}]}})"},
             {"its overrides cannot grow (D2)", R"({"genesis": {"overrides": {"c": 1}}})"},
             {"the depth of its overrides cannot change (D2)", R"({"genesis": {"overrides": {"a": {"b": 2}}}})"},
         }) {
        object after = before;
        kube::json::apply_merge_patch(after["spec"], kube::json::parse(patch));
        cases.refuses_update(behaviour, kDeployments, before, std::move(after), "spec", message);
    }
}

// ---- SeiNodeTask -----------------------------------------------------------------------------------------------

constexpr std::string_view kUpgrade =
    R"({"govSoftwareUpgrade": {"chainId": "c", "title": "t", "description": "d", "upgradeName": "u", "upgradeHeight": 1,
        "initialDeposit": "1usei", "fees": "1usei", "gas": 1}})";
constexpr std::string_view kVote =
    R"({"govVote": {"chainId": "c", "proposalId": 1, "option": "yes", "fees": "1usei", "gas": 1}})";

void add_task_kinds(Cases& cases) {
    cases.creates("an upgrade proposal (T1, T2)", kTasks, task_of("GovSoftwareUpgrade", kUpgrade));
    cases.creates("a vote (T1, T3)", kTasks, task_of("GovVote", kVote));
    cases.creates(
        "a condition (T1, T4, T8)",
        kTasks,
        task_of("AwaitCondition", R"({"awaitCondition": {"height": {"targetHeight": 1}, "action": "SIGTERM_SEID"}})")
    );
    cases.creates("an image (T1, T5)", kTasks, task("{}"));
    cases.creates(
        "a height (T1, T6)", kTasks, task_of("AwaitNodesAtHeight", R"({"awaitNodesAtHeight": {"targetHeight": 1}})")
    );
    const std::string one =
        "govSoftwareUpgrade, govVote, awaitCondition, updateNodeImage, awaitNodesAtHeight: exactly one must be set";
    cases.refuses("a task without a payload (T1)", kTasks, task(R"({"updateNodeImage": null})"), "spec", one);
    cases.refuses(
        "a task with two payloads (T1)", kTasks, task(R"({"awaitNodesAtHeight": {"targetHeight": 1}})"), "spec", one
    );
    struct Mismatch {
        std::string_view kind;
        std::string rule;
        std::string payload;
    };
    for (const auto& [kind, rule, payload] : std::vector<Mismatch>{
             {"GovSoftwareUpgrade", "T2", "govSoftwareUpgrade"},
             {"GovVote", "T3", "govVote"},
             {"AwaitCondition", "T4", "awaitCondition"},
             {"AwaitNodesAtHeight", "T6", "awaitNodesAtHeight"},
         }) {
        cases.refuses(
            "a " + std::string{kind} + " with another payload (" + rule + ")",
            kTasks,
            task_of(kind, R"({"updateNodeImage": {"image": "seid:v2"}})"),
            "spec",
            "spec." + payload + " is required when spec.kind is " + std::string{kind}
        );
    }
    cases.refuses(
        "an UpdateNodeImage with another payload (T5)",
        kTasks,
        task_of("UpdateNodeImage", R"({"awaitNodesAtHeight": {"targetHeight": 1}})"),
        "spec",
        "spec.updateNodeImage is required when spec.kind is UpdateNodeImage"
    );
    cases.refuses(
        "a condition of nothing (T8)",
        kTasks,
        task_of("AwaitCondition", R"({"awaitCondition": {}})"),
        "spec.awaitCondition",
        "awaitCondition: exactly one condition must be set"
    );
    cases.refuses("an unknown kind", kTasks, task(R"({"kind": "Restart"})"), "spec.kind", "Unsupported value");
    cases.updates("a payload may change", kTasks, task("{}"), task(R"({"updateNodeImage": {"image": "seid:v3"}})"));
    cases.refuses_update(
        "the kind cannot change (T7)",
        kTasks,
        task("{}"),
        task_of("AwaitNodesAtHeight", R"({"awaitNodesAtHeight": {"targetHeight": 1}})"),
        "spec",
        "spec.kind is immutable"
    );
}

void add_task_bounds(Cases& cases) {
    cases.creates(
        "a target gets its defaults",
        kTasks,
        task("{}"),
        R"({"spec": {"target": {"requirePhase": "Running", "requirePhaseTimeout": "5m"}}})"
    );
    cases.creates(
        "values of a target that are given stay, whatever the duration",
        kTasks,
        task(R"({"target": {"requirePhase": "Failed", "requirePhaseTimeout": "soon"}})"),
        R"({"spec": {"target": {"requirePhase": "Failed", "requirePhaseTimeout": "soon"}}})"
    );
    cases.refuses(
        "a target of no name", kTasks, task(R"({"target": {"nodeRef": {"name": ""}}})"), "spec.target.nodeRef.name"
    );
    cases.refuses(
        "a target's name with a dot",
        kTasks,
        task(R"({"target": {"nodeRef": {"name": "a.b"}}})"),
        "spec.target.nodeRef.name"
    );
    cases.refuses(
        "a phase that no node has",
        kTasks,
        task(R"({"target": {"requirePhase": "Ready"}})"),
        "spec.target.requirePhase",
        "Unsupported value"
    );
    cases.refuses("a negative time limit", kTasks, task(R"({"timeoutSeconds": -1})"), "spec.timeoutSeconds");
    cases.refuses(
        "an empty image", kTasks, task(R"({"updateNodeImage": {"image": ""}})"), "spec.updateNodeImage.image"
    );
    for (const std::string option : {"yes", "no", "abstain", "no_with_veto", "no-with-veto"}) {
        object vote = task_of("GovVote", kVote);
        vote["spec"].at("govVote").as_object()["option"] = option;
        cases.creates("the vote " + option, kTasks, std::move(vote));
    }
    object maybe = task_of("GovVote", kVote);
    maybe["spec"].at("govVote").as_object()["option"] = "maybe";
    cases.refuses("an undecided vote", kTasks, std::move(maybe), "spec.govVote.option", "Unsupported value");
    object no_key = task_of("GovVote", kVote);
    no_key["spec"].at("govVote").as_object()["keyName"] = "";
    cases.refuses("an explicitly empty key name", kTasks, std::move(no_key), "spec.govVote.keyName");
    object no_gas = task_of("GovSoftwareUpgrade", kUpgrade);
    no_gas["spec"].at("govSoftwareUpgrade").as_object()["gas"] = 0;
    cases.refuses("an upgrade without gas", kTasks, std::move(no_gas), "spec.govSoftwareUpgrade.gas");
    cases.refuses(
        "an action that is not known",
        kTasks,
        task_of("AwaitCondition", R"({"awaitCondition": {"height": {"targetHeight": 1}, "action": ""}})"),
        "spec.awaitCondition.action",
        "Unsupported value"
    );
}

/// What the contract leaves open on purpose (spec 01 §20.1, §10.3).
void add_tolerated(Cases& cases) {
    for (const auto& [plural, kind] :
         {std::pair{kNodes, "SeiNode"}, std::pair{kDeployments, "SeiNodeDeployment"}, std::pair{kTasks, "SeiNodeTask"}
         }) {
        object bare{{"apiVersion", "sei.io/v1alpha1"}, {"kind", kind}, {"metadata", object{}}};
        cases.creates(std::string{kind} + " without a spec", plural, std::move(bare), R"({"spec": null})");
    }
    cases.updates("a data volume without an import may be removed", kNodes, node(R"({"dataVolume": {}})"), node("{}"));
}

}  // namespace

bool contains(const value& actual, const value& expected) {
    if (!expected.is_object()) return actual == expected;
    if (!actual.is_object()) return false;
    for (const auto& [key, wanted] : expected.get_object()) {
        const value* found = actual.get_object().if_contains(key);
        if (wanted.is_null() ? found != nullptr && !found->is_null() : found == nullptr || !contains(*found, wanted)) {
            return false;
        }
    }
    return true;
}

std::vector<CrdCase> crd_cases() {
    Cases cases;
    add_node_defaults(cases);
    add_node_pruning(cases);
    add_node_modes(cases);
    add_node_peers(cases);
    add_node_snapshots(cases);
    add_node_endpoints(cases);
    add_halt_height(cases);
    add_node_data_volume(cases);
    add_template_data_volume(cases);
    add_node_bounds(cases);
    add_validator_secrets(cases);
    add_validator_immutability(cases);
    add_validator_bounds(cases);
    add_deployments(cases);
    add_shared_signing_key(cases);
    add_genesis(cases);
    add_task_kinds(cases);
    add_task_bounds(cases);
    add_tolerated(cases);
    return cases.take();
}

}  // namespace integration
