// The types of the built-in kinds (API of Kubernetes 1.34): one type a block, its fields below it.
//
//   Type[~] group/version       ~ the struct is atomic for server-side apply
//     field:TYPE[!][0][@keys|#][~][=default][%][+key]
//
// TYPE: s string, i int32, l int64, b bool, f float, t time, m time with microseconds, q quantity, x integer or string,
// r any JSON, y bytes (base64), a type's name; *T optional, [T list, {T map of strings to T.
// ! is written even when zero; 0 a zero time is left out; @a,b a list keyed by these; # a set; ~ atomic;
// + strategic merge of a list (by key); % strategic merge drops keys that the patch lacks (retainKeys).
#include "devcluster/apiserver/builtin_types.hpp"

namespace devcluster::apiserver {

static constexpr std::string_view kTable0 = R"(AWSElasticBlockStoreVolumeSource core/v1
  volumeID:s! fsType:s partition:i readOnly:b
Affinity core/v1
  nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
AggregationRule rbac/v1
  clusterRoleSelectors:[LabelSelector
AppArmorProfile core/v1
  type:s! localhostProfile:*s
AttachedVolume core/v1
  name:s! devicePath:s!
AzureDiskVolumeSource core/v1
  diskName:s! diskURI:s! cachingMode:*s fsType:*s readOnly:*b kind:*s
AzureFilePersistentVolumeSource core/v1
  secretName:s! shareName:s! readOnly:b secretNamespace:*s!
AzureFileVolumeSource core/v1
  secretName:s! shareName:s! readOnly:b
Binding core/v1
  kind:s apiVersion:s metadata:ObjectMeta target:ObjectReference!
CSIPersistentVolumeSource core/v1
  driver:s! volumeHandle:s! readOnly:b fsType:s volumeAttributes:{s controllerPublishSecretRef:*SecretReference
  nodeStageSecretRef:*SecretReference nodePublishSecretRef:*SecretReference
  controllerExpandSecretRef:*SecretReference nodeExpandSecretRef:*SecretReference
CSIVolumeSource core/v1
  driver:s! readOnly:*b fsType:*s volumeAttributes:{s nodePublishSecretRef:*LocalObjectReference
Capabilities core/v1
  add:[s drop:[s
CephFSPersistentVolumeSource core/v1
  monitors:[s! path:s user:s secretFile:s secretRef:*SecretReference readOnly:b
CephFSVolumeSource core/v1
  monitors:[s! path:s user:s secretFile:s secretRef:*LocalObjectReference readOnly:b
CinderPersistentVolumeSource core/v1
  volumeID:s! fsType:s readOnly:b secretRef:*SecretReference
CinderVolumeSource core/v1
  volumeID:s! fsType:s readOnly:b secretRef:*LocalObjectReference
ClientIPConfig core/v1
  timeoutSeconds:*i
ClusterRole rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta rules:[PolicyRule! aggregationRule:*AggregationRule
ClusterRoleBinding rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta subjects:[Subject roleRef:RoleRef!
ClusterTrustBundleProjection core/v1
  name:*s signerName:*s labelSelector:*LabelSelector optional:*b path:s!
Condition meta/v1
  type:s! status:s! observedGeneration:l lastTransitionTime:t! reason:s! message:s!
ConfigMap core/v1
  kind:s apiVersion:s metadata:ObjectMeta immutable:*b data:{s binaryData:{y
ConfigMapEnvSource core/v1
  name:s optional:*b
ConfigMapKeySelector~ core/v1
  name:s key:s! optional:*b
ConfigMapNodeConfigSource core/v1
  namespace:s! name:s! uid:s resourceVersion:s kubeletConfigKey:s!
ConfigMapProjection core/v1
  name:s items:[KeyToPath optional:*b
ConfigMapVolumeSource core/v1
  name:s items:[KeyToPath defaultMode:*i optional:*b
Container core/v1
  name:s! image:s command:[s args:[s workingDir:s ports:[ContainerPort@containerPort,protocol+containerPort
  envFrom:[EnvFromSource env:[EnvVar@name+name resources:ResourceRequirements resizePolicy:[ContainerResizePolicy
  restartPolicy:*s restartPolicyRules:[ContainerRestartRule volumeMounts:[VolumeMount@mountPath+mountPath
  volumeDevices:[VolumeDevice@devicePath+devicePath livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe
  lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s imagePullPolicy:s
  securityContext:*SecurityContext stdin:b stdinOnce:b tty:b
ContainerExtendedResourceRequest core/v1
  containerName:s! resourceName:s! requestName:s!
ContainerImage core/v1
  names:[s! sizeBytes:l
ContainerPort core/v1
  name:s hostPort:i containerPort:i! protocol:s="TCP" hostIP:s
ContainerResizePolicy core/v1
  resourceName:s! restartPolicy:s!
ContainerRestartRule core/v1
  action:s exitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes core/v1
  operator:s values:[i#
ContainerState core/v1
  waiting:*ContainerStateWaiting running:*ContainerStateRunning terminated:*ContainerStateTerminated
ContainerStateRunning core/v1
  startedAt:t
ContainerStateTerminated core/v1
  exitCode:i! signal:i reason:s message:s startedAt:t finishedAt:t containerID:s
ContainerStateWaiting core/v1
  reason:s message:s
ContainerStatus core/v1
  name:s! state:ContainerState lastState:ContainerState ready:b! restartCount:i! image:s! imageID:s! containerID:s
  started:*b allocatedResources:{q resources:*ResourceRequirements
  volumeMounts:[VolumeMountStatus@mountPath+mountPath user:*ContainerUser
  allocatedResourcesStatus:[ResourceStatus@name+name stopSignal:*s
ContainerUser core/v1
  linux:*LinuxContainerUser
ControllerRevision apps/v1
  kind:s apiVersion:s metadata:ObjectMeta data:r revision:l!
CustomResourceColumnDefinition apiextensions/v1
  name:s! type:s! format:s description:s priority:i jsonPath:s!
CustomResourceConversion apiextensions/v1
  strategy:s! webhook:*WebhookConversion
CustomResourceDefinition apiextensions/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:CustomResourceDefinitionSpec! status:CustomResourceDefinitionStatus
CustomResourceDefinitionCondition apiextensions/v1
  type:s! status:s! lastTransitionTime:t reason:s message:s
CustomResourceDefinitionNames apiextensions/v1
  plural:s! singular:s shortNames:[s kind:s! listKind:s categories:[s
CustomResourceDefinitionSpec apiextensions/v1
  group:s! names:CustomResourceDefinitionNames! scope:s! versions:[CustomResourceDefinitionVersion!
  conversion:*CustomResourceConversion preserveUnknownFields:b
CustomResourceDefinitionStatus apiextensions/v1
  conditions:[CustomResourceDefinitionCondition!@type acceptedNames:CustomResourceDefinitionNames!
  storedVersions:[s!
CustomResourceDefinitionVersion apiextensions/v1
  name:s! served:b! storage:b! deprecated:b deprecationWarning:*s schema:*CustomResourceValidation
  subresources:*CustomResourceSubresources additionalPrinterColumns:[CustomResourceColumnDefinition
  selectableFields:[SelectableField
CustomResourceSubresourceScale apiextensions/v1
  specReplicasPath:s! statusReplicasPath:s! labelSelectorPath:*s
CustomResourceSubresourceStatus apiextensions/v1
CustomResourceSubresources apiextensions/v1
  status:*CustomResourceSubresourceStatus scale:*CustomResourceSubresourceScale
CustomResourceValidation apiextensions/v1
  openAPIV3Schema:*r
DaemonEndpoint core/v1
  Port:i!
DownwardAPIProjection core/v1
  items:[DownwardAPIVolumeFile
DownwardAPIVolumeFile core/v1
  path:s! fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector mode:*i
DownwardAPIVolumeSource core/v1
  items:[DownwardAPIVolumeFile defaultMode:*i
EmptyDirVolumeSource core/v1
  medium:s sizeLimit:*q
Endpoint discovery/v1
  addresses:[s!# conditions:EndpointConditions hostname:*s targetRef:*ObjectReference deprecatedTopology:{s
  nodeName:*s zone:*s hints:*EndpointHints
EndpointAddress~ core/v1
  ip:s! hostname:s nodeName:*s targetRef:*ObjectReference
EndpointConditions discovery/v1
  ready:*b serving:*b terminating:*b
EndpointHints discovery/v1
  forZones:[ForZone forNodes:[ForNode
EndpointPort~ core/v1
  name:s port:i! protocol:s appProtocol:*s
EndpointSlice discovery/v1
  kind:s apiVersion:s metadata:ObjectMeta addressType:s! endpoints:[Endpoint! ports:[EndpointSlicePort!
EndpointSlicePort~ discovery/v1
  name:*s protocol:*s port:*i appProtocol:*s
EndpointSubset core/v1
  addresses:[EndpointAddress notReadyAddresses:[EndpointAddress ports:[EndpointPort
Endpoints core/v1
  kind:s apiVersion:s metadata:ObjectMeta subsets:[EndpointSubset
EnvFromSource core/v1
  prefix:s configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
EnvVar core/v1
  name:s! value:s valueFrom:*EnvVarSource
EnvVarSource core/v1
  fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector configMapKeyRef:*ConfigMapKeySelector
  secretKeyRef:*SecretKeySelector fileKeyRef:*FileKeySelector
EphemeralContainer core/v1
  name:s! image:s command:[s args:[s workingDir:s ports:[ContainerPort@containerPort,protocol+containerPort
  envFrom:[EnvFromSource env:[EnvVar@name+name resources:ResourceRequirements resizePolicy:[ContainerResizePolicy
  restartPolicy:*s restartPolicyRules:[ContainerRestartRule volumeMounts:[VolumeMount@mountPath+mountPath
  volumeDevices:[VolumeDevice@devicePath+devicePath livenessProbe:*Probe readinessProbe:*Probe startupProbe:*Probe
  lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s imagePullPolicy:s
  securityContext:*SecurityContext stdin:b stdinOnce:b tty:b targetContainerName:s
EphemeralVolumeSource core/v1
  volumeClaimTemplate:*PersistentVolumeClaimTemplate
Event core/v1
  kind:s apiVersion:s metadata:ObjectMeta! involvedObject:ObjectReference! reason:s message:s source:EventSource
  firstTimestamp:t lastTimestamp:t count:i type:s eventTime:m series:*EventSeries action:s related:*ObjectReference
  reportingComponent:s! reportingInstance:s!
EventSeries core/v1
  count:i lastObservedTime:m
EventSource core/v1
  component:s host:s
ExecAction core/v1
  command:[s
FCVolumeSource core/v1
  targetWWNs:[s lun:*i fsType:s readOnly:b wwids:[s
FieldSelectorAttributes authorization/v1
  rawSelector:s requirements:[FieldSelectorRequirement
FieldSelectorRequirement meta/v1
  key:s! operator:s! values:[s
FileKeySelector~ core/v1
  volumeName:s! path:s! key:s! optional:*b
FlexPersistentVolumeSource core/v1
  driver:s! fsType:s secretRef:*SecretReference readOnly:b options:{s
FlexVolumeSource core/v1
  driver:s! fsType:s secretRef:*LocalObjectReference readOnly:b options:{s
FlockerVolumeSource core/v1
  datasetName:s datasetUUID:s
ForNode discovery/v1
  name:s!
ForZone discovery/v1
  name:s!
GCEPersistentDiskVolumeSource core/v1
  pdName:s! fsType:s partition:i readOnly:b
GRPCAction core/v1
  port:i! service:*s!
GitRepoVolumeSource core/v1
  repository:s! revision:s directory:s
GlusterfsPersistentVolumeSource core/v1
  endpoints:s! path:s! readOnly:b endpointsNamespace:*s
GlusterfsVolumeSource core/v1
  endpoints:s! path:s! readOnly:b
HTTPGetAction core/v1
  path:s port:x! host:s scheme:s httpHeaders:[HTTPHeader
HTTPHeader core/v1
  name:s! value:s!
HostAlias core/v1
  ip:s! hostnames:[s
HostIP core/v1
  ip:s!
HostPathVolumeSource core/v1
  path:s! type:*s
ISCSIPersistentVolumeSource core/v1
  targetPortal:s! iqn:s! lun:i! iscsiInterface:s fsType:s readOnly:b portals:[s chapAuthDiscovery:b
  chapAuthSession:b secretRef:*SecretReference initiatorName:*s
ISCSIVolumeSource core/v1
  targetPortal:s! iqn:s! lun:i! iscsiInterface:s fsType:s readOnly:b portals:[s chapAuthDiscovery:b
  chapAuthSession:b secretRef:*LocalObjectReference initiatorName:*s
ImageVolumeSource core/v1
  reference:s pullPolicy:s
Job batch/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:JobSpec status:JobStatus
JobCondition batch/v1
  type:s! status:s! lastProbeTime:t lastTransitionTime:t reason:s message:s
JobSpec batch/v1
  parallelism:*i completions:*i activeDeadlineSeconds:*l podFailurePolicy:*PodFailurePolicy
  successPolicy:*SuccessPolicy backoffLimit:*i backoffLimitPerIndex:*i maxFailedIndexes:*i selector:*LabelSelector
  manualSelector:*b template:PodTemplateSpec! ttlSecondsAfterFinished:*i completionMode:*s suspend:*b
  podReplacementPolicy:*s managedBy:*s
JobStatus batch/v1
  conditions:[JobCondition+type startTime:*t completionTime:*t active:i succeeded:i failed:i terminating:*i
  completedIndexes:s failedIndexes:*s uncountedTerminatedPods:*UncountedTerminatedPods ready:*i
KeyToPath core/v1
  key:s! path:s! mode:*i
LabelSelectorAttributes authorization/v1
  rawSelector:s requirements:[LabelSelectorRequirement
LabelSelectorRequirement meta/v1
  key:s! operator:s! values:[s
LabelSelector~ meta/v1
  matchLabels:{s matchExpressions:[LabelSelectorRequirement
Lease coordination/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:LeaseSpec
LeaseSpec coordination/v1
  holderIdentity:*s leaseDurationSeconds:*i acquireTime:*m renewTime:*m leaseTransitions:*i strategy:*s
  preferredHolder:*s
Lifecycle core/v1
  postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*s
LifecycleHandler core/v1
  exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction sleep:*SleepAction
LinuxContainerUser core/v1
  uid:l! gid:l! supplementalGroups:[l
LoadBalancerIngress core/v1
  ip:s hostname:s ipMode:*s ports:[PortStatus
LoadBalancerStatus core/v1
  ingress:[LoadBalancerIngress
LocalObjectReference~ core/v1
  name:s
LocalVolumeSource core/v1
  path:s! fsType:*s
ManagedFieldsEntry meta/v1
  manager:s operation:s apiVersion:s time:*t fieldsType:s fieldsV1:*r subresource:s
ModifyVolumeStatus core/v1
  targetVolumeAttributesClassName:s status:s!
NFSVolumeSource core/v1
  server:s! path:s! readOnly:b
Namespace core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
NamespaceCondition core/v1
  type:s! status:s! lastTransitionTime:t reason:s message:s
NamespaceSpec core/v1
  finalizers:[s
NamespaceStatus core/v1
  phase:s conditions:[NamespaceCondition@type+type
Node core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:NodeSpec status:NodeStatus
NodeAddress core/v1
  type:s! address:s!
NodeAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm
NodeCondition core/v1
  type:s! status:s! lastHeartbeatTime:t lastTransitionTime:t reason:s message:s
NodeConfigSource core/v1
  configMap:*ConfigMapNodeConfigSource
NodeConfigStatus core/v1
  assigned:*NodeConfigSource active:*NodeConfigSource lastKnownGood:*NodeConfigSource error:s
NodeDaemonEndpoints core/v1
  kubeletEndpoint:DaemonEndpoint
NodeFeatures core/v1
  supplementalGroupsPolicy:*b
NodeRuntimeHandler core/v1
  name:s! features:*NodeRuntimeHandlerFeatures
NodeRuntimeHandlerFeatures core/v1
  recursiveReadOnlyMounts:*b userNamespaces:*b
NodeSelectorRequirement core/v1
  key:s! operator:s! values:[s
NodeSelectorTerm~ core/v1
  matchExpressions:[NodeSelectorRequirement matchFields:[NodeSelectorRequirement
NodeSelector~ core/v1
  nodeSelectorTerms:[NodeSelectorTerm!
NodeSpec core/v1
  podCIDR:s podCIDRs:[s#+ providerID:s unschedulable:b taints:[Taint configSource:*NodeConfigSource externalID:s
NodeStatus core/v1
  capacity:{q allocatable:{q phase:s conditions:[NodeCondition@type+type addresses:[NodeAddress@type+type
  daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo images:[ContainerImage volumesInUse:[s
  volumesAttached:[AttachedVolume config:*NodeConfigStatus runtimeHandlers:[NodeRuntimeHandler
  features:*NodeFeatures
)";

static constexpr std::string_view kTable1 = R"(NodeSwapStatus core/v1
  capacity:*l
NodeSystemInfo core/v1
  machineID:s! systemUUID:s! bootID:s! kernelVersion:s! osImage:s! containerRuntimeVersion:s! kubeletVersion:s!
  kubeProxyVersion:s! operatingSystem:s! architecture:s! swap:*NodeSwapStatus
NonResourceAttributes authorization/v1
  path:s verb:s
ObjectFieldSelector~ core/v1
  apiVersion:s fieldPath:s!
ObjectMeta meta/v1
  name:s generateName:s namespace:s selfLink:s uid:s resourceVersion:s generation:l creationTimestamp:t0
  deletionTimestamp:*t deletionGracePeriodSeconds:*l labels:{s annotations:{s
  ownerReferences:[OwnerReference@uid+uid finalizers:[s#+ managedFields:[ManagedFieldsEntry
ObjectReference~ core/v1
  kind:s namespace:s name:s uid:s apiVersion:s resourceVersion:s fieldPath:s
OwnerReference~ meta/v1
  apiVersion:s! kind:s! name:s! uid:s! controller:*b blockOwnerDeletion:*b
PersistentVolume core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
PersistentVolumeClaim core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
PersistentVolumeClaimCondition core/v1
  type:s! status:s! lastProbeTime:t lastTransitionTime:t reason:s message:s
PersistentVolumeClaimSpec core/v1
  accessModes:[s selector:*LabelSelector resources:VolumeResourceRequirements volumeName:s storageClassName:*s
  volumeMode:*s dataSource:*TypedLocalObjectReference dataSourceRef:*TypedObjectReference
  volumeAttributesClassName:*s
PersistentVolumeClaimStatus core/v1
  phase:s accessModes:[s capacity:{q conditions:[PersistentVolumeClaimCondition@type+type allocatedResources:{q
  allocatedResourceStatuses:{s currentVolumeAttributesClassName:*s modifyVolumeStatus:*ModifyVolumeStatus
PersistentVolumeClaimTemplate core/v1
  metadata:ObjectMeta spec:PersistentVolumeClaimSpec!
PersistentVolumeClaimVolumeSource core/v1
  claimName:s! readOnly:b
PersistentVolumeSpec core/v1
  capacity:{q gcePersistentDisk:*GCEPersistentDiskVolumeSource
  awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource hostPath:*HostPathVolumeSource
  glusterfs:*GlusterfsPersistentVolumeSource nfs:*NFSVolumeSource rbd:*RBDPersistentVolumeSource
  iscsi:*ISCSIPersistentVolumeSource cinder:*CinderPersistentVolumeSource cephfs:*CephFSPersistentVolumeSource
  fc:*FCVolumeSource flocker:*FlockerVolumeSource flexVolume:*FlexPersistentVolumeSource
  azureFile:*AzureFilePersistentVolumeSource vsphereVolume:*VsphereVirtualDiskVolumeSource
  quobyte:*QuobyteVolumeSource azureDisk:*AzureDiskVolumeSource
  photonPersistentDisk:*PhotonPersistentDiskVolumeSource portworxVolume:*PortworxVolumeSource
  scaleIO:*ScaleIOPersistentVolumeSource local:*LocalVolumeSource storageos:*StorageOSPersistentVolumeSource
  csi:*CSIPersistentVolumeSource accessModes:[s claimRef:*ObjectReference persistentVolumeReclaimPolicy:s
  storageClassName:s mountOptions:[s volumeMode:*s nodeAffinity:*VolumeNodeAffinity volumeAttributesClassName:*s
PersistentVolumeStatus core/v1
  phase:s message:s reason:s lastPhaseTransitionTime:*t
PhotonPersistentDiskVolumeSource core/v1
  pdID:s! fsType:s
Pod core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:PodSpec status:PodStatus
PodAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm
PodAffinityTerm core/v1
  labelSelector:*LabelSelector namespaces:[s topologyKey:s! namespaceSelector:*LabelSelector matchLabelKeys:[s
  mismatchLabelKeys:[s
PodAntiAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm
PodCertificateProjection core/v1
  signerName:s keyType:s maxExpirationSeconds:*i credentialBundlePath:s keyPath:s certificateChainPath:s
PodCondition core/v1
  type:s! observedGeneration:l status:s! lastProbeTime:t lastTransitionTime:t reason:s message:s
PodDNSConfig core/v1
  nameservers:[s searches:[s options:[PodDNSConfigOption
PodDNSConfigOption core/v1
  name:s value:*s
PodExtendedResourceClaimStatus core/v1
  requestMappings:[ContainerExtendedResourceRequest! resourceClaimName:s!
PodFailurePolicy batch/v1
  rules:[PodFailurePolicyRule!
PodFailurePolicyOnExitCodesRequirement batch/v1
  containerName:*s operator:s! values:[i!#
PodFailurePolicyOnPodConditionsPattern batch/v1
  type:s! status:s!
PodFailurePolicyRule batch/v1
  action:s! onExitCodes:*PodFailurePolicyOnExitCodesRequirement
  onPodConditions:[PodFailurePolicyOnPodConditionsPattern
PodIP core/v1
  ip:s!
PodOS core/v1
  name:s!
PodReadinessGate core/v1
  conditionType:s!
PodResourceClaim core/v1
  name:s! resourceClaimName:*s resourceClaimTemplateName:*s
PodResourceClaimStatus core/v1
  name:s! resourceClaimName:*s
PodSchedulingGate core/v1
  name:s!
PodSecurityContext core/v1
  seLinuxOptions:*SELinuxOptions windowsOptions:*WindowsSecurityContextOptions runAsUser:*l runAsGroup:*l
  runAsNonRoot:*b supplementalGroups:[l supplementalGroupsPolicy:*s fsGroup:*l sysctls:[Sysctl
  fsGroupChangePolicy:*s seccompProfile:*SeccompProfile appArmorProfile:*AppArmorProfile seLinuxChangePolicy:*s
PodSpec core/v1
  volumes:[Volume@name%+name initContainers:[Container@name+name containers:[Container!@name+name
  ephemeralContainers:[EphemeralContainer@name+name restartPolicy:s terminationGracePeriodSeconds:*l
  activeDeadlineSeconds:*l dnsPolicy:s nodeSelector:{s~ serviceAccountName:s serviceAccount:s
  automountServiceAccountToken:*b nodeName:s hostNetwork:b hostPID:b hostIPC:b shareProcessNamespace:*b
  securityContext:*PodSecurityContext imagePullSecrets:[LocalObjectReference@name+name hostname:s subdomain:s
  affinity:*Affinity schedulerName:s tolerations:[Toleration hostAliases:[HostAlias@ip+ip priorityClassName:s
  priority:*i dnsConfig:*PodDNSConfig readinessGates:[PodReadinessGate runtimeClassName:*s enableServiceLinks:*b
  preemptionPolicy:*s overhead:{q
  topologySpreadConstraints:[TopologySpreadConstraint@topologyKey,whenUnsatisfiable+topologyKey
  setHostnameAsFQDN:*b os:*PodOS hostUsers:*b schedulingGates:[PodSchedulingGate@name+name
  resourceClaims:[PodResourceClaim@name%+name resources:*ResourceRequirements hostnameOverride:*s
PodStatus core/v1
  observedGeneration:l phase:s conditions:[PodCondition@type+type message:s reason:s nominatedNodeName:s hostIP:s
  hostIPs:[HostIP+ip podIP:s podIPs:[PodIP@ip+ip startTime:*t initContainerStatuses:[ContainerStatus
  containerStatuses:[ContainerStatus qosClass:s ephemeralContainerStatuses:[ContainerStatus resize:s
  resourceClaimStatuses:[PodResourceClaimStatus@name%+name
  extendedResourceClaimStatus:*PodExtendedResourceClaimStatus
PodTemplateSpec core/v1
  metadata:ObjectMeta spec:PodSpec
PolicyRule rbac/v1
  verbs:[s! apiGroups:[s resources:[s resourceNames:[s nonResourceURLs:[s
PortStatus core/v1
  port:i! protocol:s! error:*s
PortworxVolumeSource core/v1
  volumeID:s! fsType:s readOnly:b
PreferredSchedulingTerm core/v1
  weight:i! preference:NodeSelectorTerm!
Probe core/v1
  exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction grpc:*GRPCAction initialDelaySeconds:i
  timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i terminationGracePeriodSeconds:*l
ProjectedVolumeSource core/v1
  sources:[VolumeProjection! defaultMode:*i
QuobyteVolumeSource core/v1
  registry:s! volume:s! readOnly:b user:s group:s tenant:s
RBDPersistentVolumeSource core/v1
  monitors:[s! image:s! fsType:s pool:s user:s keyring:s secretRef:*SecretReference readOnly:b
RBDVolumeSource core/v1
  monitors:[s! image:s! fsType:s pool:s user:s keyring:s secretRef:*LocalObjectReference readOnly:b
ResourceAttributes authorization/v1
  namespace:s verb:s group:s version:s resource:s subresource:s name:s fieldSelector:*FieldSelectorAttributes
  labelSelector:*LabelSelectorAttributes
ResourceClaim core/v1
  name:s! request:s
ResourceFieldSelector~ core/v1
  containerName:s resource:s! divisor:q
ResourceHealth core/v1
  resourceID:s! health:s
ResourceRequirements core/v1
  limits:{q requests:{q claims:[ResourceClaim@name
ResourceStatus core/v1
  name:s! resources:[ResourceHealth@resourceID
Role rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta rules:[PolicyRule!
RoleBinding rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta subjects:[Subject roleRef:RoleRef!
RoleRef~ rbac/v1
  apiGroup:s! kind:s! name:s!
RollingUpdateStatefulSetStrategy apps/v1
  partition:*i maxUnavailable:*x
SELinuxOptions core/v1
  user:s role:s type:s level:s
ScaleIOPersistentVolumeSource core/v1
  gateway:s! system:s! secretRef:*SecretReference! sslEnabled:b protectionDomain:s storagePool:s storageMode:s
  volumeName:s fsType:s readOnly:b
ScaleIOVolumeSource core/v1
  gateway:s! system:s! secretRef:*LocalObjectReference! sslEnabled:b protectionDomain:s storagePool:s storageMode:s
  volumeName:s fsType:s readOnly:b
SeccompProfile core/v1
  type:s! localhostProfile:*s
Secret core/v1
  kind:s apiVersion:s metadata:ObjectMeta immutable:*b data:{y stringData:{s type:s
SecretEnvSource core/v1
  name:s optional:*b
SecretKeySelector~ core/v1
  name:s key:s! optional:*b
SecretProjection core/v1
  name:s items:[KeyToPath optional:*b
SecretReference~ core/v1
  name:s namespace:s
SecretVolumeSource core/v1
  secretName:s items:[KeyToPath defaultMode:*i optional:*b
SecurityContext core/v1
  capabilities:*Capabilities privileged:*b seLinuxOptions:*SELinuxOptions
  windowsOptions:*WindowsSecurityContextOptions runAsUser:*l runAsGroup:*l runAsNonRoot:*b
  readOnlyRootFilesystem:*b allowPrivilegeEscalation:*b procMount:*s seccompProfile:*SeccompProfile
  appArmorProfile:*AppArmorProfile
SelectableField apiextensions/v1
  jsonPath:s!
SelfSubjectAccessReview authorization/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:SelfSubjectAccessReviewSpec! status:SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec authorization/v1
  resourceAttributes:*ResourceAttributes nonResourceAttributes:*NonResourceAttributes
SelfSubjectReview authentication/v1
  kind:s apiVersion:s metadata:ObjectMeta status:SelfSubjectReviewStatus
SelfSubjectReviewStatus authentication/v1
  userInfo:UserInfo
Service core/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
ServiceAccount core/v1
  kind:s apiVersion:s metadata:ObjectMeta secrets:[ObjectReference@name+name imagePullSecrets:[LocalObjectReference
  automountServiceAccountToken:*b
ServiceAccountTokenProjection core/v1
  audience:s expirationSeconds:*l path:s!
ServicePort core/v1
  name:s protocol:s="TCP" appProtocol:*s port:i! targetPort:x nodePort:i
ServiceReference apiextensions/v1
  namespace:s! name:s! path:*s port:*i
ServiceSpec core/v1
  ports:[ServicePort@port,protocol+port selector:{s~ clusterIP:s clusterIPs:[s type:s externalIPs:[s
  sessionAffinity:s loadBalancerIP:s loadBalancerSourceRanges:[s externalName:s externalTrafficPolicy:s
  healthCheckNodePort:i publishNotReadyAddresses:b sessionAffinityConfig:*SessionAffinityConfig ipFamilies:[s
  ipFamilyPolicy:*s allocateLoadBalancerNodePorts:*b loadBalancerClass:*s internalTrafficPolicy:*s
  trafficDistribution:*s
ServiceStatus core/v1
  loadBalancer:LoadBalancerStatus conditions:[Condition@type+type
SessionAffinityConfig core/v1
  clientIP:*ClientIPConfig
SleepAction core/v1
  seconds:l!
StatefulSet apps/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus
StatefulSetCondition apps/v1
  type:s! status:s! lastTransitionTime:t reason:s message:s
StatefulSetOrdinals apps/v1
  start:i!
StatefulSetPersistentVolumeClaimRetentionPolicy apps/v1
  whenDeleted:s whenScaled:s
StatefulSetSpec apps/v1
  replicas:*i selector:*LabelSelector! template:PodTemplateSpec! volumeClaimTemplates:[PersistentVolumeClaim
  serviceName:s! podManagementPolicy:s updateStrategy:StatefulSetUpdateStrategy revisionHistoryLimit:*i
  minReadySeconds:i persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals:*StatefulSetOrdinals
StatefulSetStatus apps/v1
  observedGeneration:l replicas:i! readyReplicas:i currentReplicas:i updatedReplicas:i currentRevision:s
  updateRevision:s collisionCount:*i conditions:[StatefulSetCondition@type+type availableReplicas:i!
StatefulSetUpdateStrategy apps/v1
  type:s rollingUpdate:*RollingUpdateStatefulSetStrategy
StorageClass storage/v1
  kind:s apiVersion:s metadata:ObjectMeta provisioner:s! parameters:{s reclaimPolicy:*s mountOptions:[s
  allowVolumeExpansion:*b volumeBindingMode:*s allowedTopologies:[TopologySelectorTerm
StorageOSPersistentVolumeSource core/v1
  volumeName:s volumeNamespace:s fsType:s readOnly:b secretRef:*ObjectReference
StorageOSVolumeSource core/v1
  volumeName:s volumeNamespace:s fsType:s readOnly:b secretRef:*LocalObjectReference
SubjectAccessReview authorization/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:SubjectAccessReviewSpec! status:SubjectAccessReviewStatus
SubjectAccessReviewSpec authorization/v1
  resourceAttributes:*ResourceAttributes nonResourceAttributes:*NonResourceAttributes user:s groups:[s extra:{[s
  uid:s
SubjectAccessReviewStatus authorization/v1
  allowed:b! denied:b reason:s evaluationError:s
Subject~ rbac/v1
  kind:s! apiGroup:s name:s! namespace:s
SuccessPolicy batch/v1
  rules:[SuccessPolicyRule!
SuccessPolicyRule batch/v1
  succeededIndexes:*s succeededCount:*i
Sysctl core/v1
  name:s! value:s!
TCPSocketAction core/v1
  port:x! host:s
Taint core/v1
  key:s! value:s effect:s! timeAdded:*t
TokenReview authentication/v1
  kind:s apiVersion:s metadata:ObjectMeta spec:TokenReviewSpec! status:TokenReviewStatus
TokenReviewSpec authentication/v1
  token:s audiences:[s
TokenReviewStatus authentication/v1
  authenticated:b user:UserInfo audiences:[s error:s
Toleration core/v1
  key:s operator:s value:s effect:s tolerationSeconds:*l
TopologySelectorLabelRequirement core/v1
  key:s! values:[s!
TopologySelectorTerm~ core/v1
  matchLabelExpressions:[TopologySelectorLabelRequirement
TopologySpreadConstraint core/v1
  maxSkew:i! topologyKey:s! whenUnsatisfiable:s! labelSelector:*LabelSelector minDomains:*i nodeAffinityPolicy:*s
  nodeTaintsPolicy:*s matchLabelKeys:[s
)";

static constexpr std::string_view kTable2 = R"(TypedLocalObjectReference~ core/v1
  apiGroup:*s! kind:s! name:s!
TypedObjectReference core/v1
  apiGroup:*s! kind:s! name:s! namespace:*s
UncountedTerminatedPods batch/v1
  succeeded:[s# failed:[s#
UserInfo authentication/v1
  username:s uid:s groups:[s extra:{[s
Volume core/v1
  name:s! hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource
  gcePersistentDisk:*GCEPersistentDiskVolumeSource awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource
  gitRepo:*GitRepoVolumeSource secret:*SecretVolumeSource nfs:*NFSVolumeSource iscsi:*ISCSIVolumeSource
  glusterfs:*GlusterfsVolumeSource persistentVolumeClaim:*PersistentVolumeClaimVolumeSource rbd:*RBDVolumeSource
  flexVolume:*FlexVolumeSource cinder:*CinderVolumeSource cephfs:*CephFSVolumeSource flocker:*FlockerVolumeSource
  downwardAPI:*DownwardAPIVolumeSource fc:*FCVolumeSource azureFile:*AzureFileVolumeSource
  configMap:*ConfigMapVolumeSource vsphereVolume:*VsphereVirtualDiskVolumeSource quobyte:*QuobyteVolumeSource
  azureDisk:*AzureDiskVolumeSource photonPersistentDisk:*PhotonPersistentDiskVolumeSource
  projected:*ProjectedVolumeSource portworxVolume:*PortworxVolumeSource scaleIO:*ScaleIOVolumeSource
  storageos:*StorageOSVolumeSource csi:*CSIVolumeSource ephemeral:*EphemeralVolumeSource image:*ImageVolumeSource
VolumeDevice core/v1
  name:s! devicePath:s!
VolumeMount core/v1
  name:s! readOnly:b recursiveReadOnly:*s mountPath:s! subPath:s mountPropagation:*s subPathExpr:s
VolumeMountStatus core/v1
  name:s! mountPath:s! readOnly:b recursiveReadOnly:*s
VolumeNodeAffinity core/v1
  required:*NodeSelector
VolumeProjection core/v1
  secret:*SecretProjection downwardAPI:*DownwardAPIProjection configMap:*ConfigMapProjection
  serviceAccountToken:*ServiceAccountTokenProjection clusterTrustBundle:*ClusterTrustBundleProjection
  podCertificate:*PodCertificateProjection
VolumeResourceRequirements core/v1
  limits:{q requests:{q
VsphereVirtualDiskVolumeSource core/v1
  volumePath:s! fsType:s storagePolicyName:s storagePolicyID:s
WebhookClientConfig apiextensions/v1
  url:*s service:*ServiceReference caBundle:y
WebhookConversion apiextensions/v1
  clientConfig:*WebhookClientConfig conversionReviewVersions:[s!
WeightedPodAffinityTerm core/v1
  weight:i! podAffinityTerm:PodAffinityTerm!
WindowsSecurityContextOptions core/v1
  gmsaCredentialSpecName:*s gmsaCredentialSpec:*s runAsUserName:*s hostProcess:*b
)";

std::span<const std::string_view> builtin_type_tables() {
    static constexpr std::array tables{kTable0, kTable1, kTable2};
    return tables;
}

}  // namespace devcluster::apiserver
