// The types of the built-in kinds (API of Kubernetes 1.34): one type a block, its fields below it.
//
//   Type[~] group/version       ~ the struct is atomic for server-side apply
//     field:TYPE[!][0][@keys|#][~][=default][%][+key]^number
//
// TYPE: s string, i int32, l int64, b bool, f float, t time, m time with microseconds, q quantity, x integer or string,
// r any JSON, y bytes (base64), a type's name; *T optional, [T list, {T map of strings to T.
// ! is written even when zero; 0 a zero time is left out; @a,b a list keyed by these; # a set; ~ atomic;
// + strategic merge of a list (by key); % strategic merge drops keys that the patch lacks (retainKeys);
// ^ the field's number in protocol buffers, 2.1 for field 1 of the message in field 2, whose fields JSON has inline.
#include "devcluster/apiserver/builtin_types.hpp"

namespace devcluster::apiserver {

static constexpr std::string_view kTable0 = R"(AWSElasticBlockStoreVolumeSource core/v1
  volumeID:s!^1 fsType:s^2 partition:i^3 readOnly:b^4
Affinity core/v1
  nodeAffinity:*NodeAffinity^1 podAffinity:*PodAffinity^2 podAntiAffinity:*PodAntiAffinity^3
AggregationRule rbac/v1
  clusterRoleSelectors:[LabelSelector^1
AppArmorProfile core/v1
  type:s!^1 localhostProfile:*s^2
AttachedVolume core/v1
  name:s!^1 devicePath:s!^2
AzureDiskVolumeSource core/v1
  diskName:s!^1 diskURI:s!^2 cachingMode:*s^3 fsType:*s^4 readOnly:*b^5 kind:*s^6
AzureFilePersistentVolumeSource core/v1
  secretName:s!^1 shareName:s!^2 readOnly:b^3 secretNamespace:*s!^4
AzureFileVolumeSource core/v1
  secretName:s!^1 shareName:s!^2 readOnly:b^3
Binding core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 target:ObjectReference!^2
CSIPersistentVolumeSource core/v1
  driver:s!^1 volumeHandle:s!^2 readOnly:b^3 fsType:s^4 volumeAttributes:{s^5
  controllerPublishSecretRef:*SecretReference^6 nodeStageSecretRef:*SecretReference^7
  nodePublishSecretRef:*SecretReference^8 controllerExpandSecretRef:*SecretReference^9
  nodeExpandSecretRef:*SecretReference^10
CSIVolumeSource core/v1
  driver:s!^1 readOnly:*b^2 fsType:*s^3 volumeAttributes:{s^4 nodePublishSecretRef:*LocalObjectReference^5
Capabilities core/v1
  add:[s^1 drop:[s^2
CephFSPersistentVolumeSource core/v1
  monitors:[s!^1 path:s^2 user:s^3 secretFile:s^4 secretRef:*SecretReference^5 readOnly:b^6
CephFSVolumeSource core/v1
  monitors:[s!^1 path:s^2 user:s^3 secretFile:s^4 secretRef:*LocalObjectReference^5 readOnly:b^6
CinderPersistentVolumeSource core/v1
  volumeID:s!^1 fsType:s^2 readOnly:b^3 secretRef:*SecretReference^4
CinderVolumeSource core/v1
  volumeID:s!^1 fsType:s^2 readOnly:b^3 secretRef:*LocalObjectReference^4
ClientIPConfig core/v1
  timeoutSeconds:*i^1
ClusterRole rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 rules:[PolicyRule!^2 aggregationRule:*AggregationRule^3
ClusterRoleBinding rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 subjects:[Subject^2 roleRef:RoleRef!^3
ClusterTrustBundleProjection core/v1
  name:*s^1 signerName:*s^2 labelSelector:*LabelSelector^3 optional:*b^5 path:s!^4
Condition meta/v1
  type:s!^1 status:s!^2 observedGeneration:l^3 lastTransitionTime:t!^4 reason:s!^5 message:s!^6
ConfigMap core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 immutable:*b^4 data:{s^2 binaryData:{y^3
ConfigMapEnvSource core/v1
  name:s^1.1 optional:*b^2
ConfigMapKeySelector~ core/v1
  name:s^1.1 key:s!^2 optional:*b^3
ConfigMapNodeConfigSource core/v1
  namespace:s!^1 name:s!^2 uid:s^3 resourceVersion:s^4 kubeletConfigKey:s!^5
ConfigMapProjection core/v1
  name:s^1.1 items:[KeyToPath^2 optional:*b^4
ConfigMapVolumeSource core/v1
  name:s^1.1 items:[KeyToPath^2 defaultMode:*i^3 optional:*b^4
Container core/v1
  name:s!^1 image:s^2 command:[s^3 args:[s^4 workingDir:s^5
  ports:[ContainerPort@containerPort,protocol+containerPort^6 envFrom:[EnvFromSource^19 env:[EnvVar@name+name^7
  resources:ResourceRequirements^8 resizePolicy:[ContainerResizePolicy^23 restartPolicy:*s^24
  restartPolicyRules:[ContainerRestartRule^25 volumeMounts:[VolumeMount@mountPath+mountPath^9
  volumeDevices:[VolumeDevice@devicePath+devicePath^21 livenessProbe:*Probe^10 readinessProbe:*Probe^11
  startupProbe:*Probe^22 lifecycle:*Lifecycle^12 terminationMessagePath:s^13 terminationMessagePolicy:s^20
  imagePullPolicy:s^14 securityContext:*SecurityContext^15 stdin:b^16 stdinOnce:b^17 tty:b^18
ContainerExtendedResourceRequest core/v1
  containerName:s!^1 resourceName:s!^2 requestName:s!^3
ContainerImage core/v1
  names:[s!^1 sizeBytes:l^2
ContainerPort core/v1
  name:s^1 hostPort:i^2 containerPort:i!^3 protocol:s="TCP"^4 hostIP:s^5
ContainerResizePolicy core/v1
  resourceName:s!^1 restartPolicy:s!^2
ContainerRestartRule core/v1
  action:s^1 exitCodes:*ContainerRestartRuleOnExitCodes^2
ContainerRestartRuleOnExitCodes core/v1
  operator:s^1 values:[i#^2
ContainerState core/v1
  waiting:*ContainerStateWaiting^1 running:*ContainerStateRunning^2 terminated:*ContainerStateTerminated^3
ContainerStateRunning core/v1
  startedAt:t^1
ContainerStateTerminated core/v1
  exitCode:i!^1 signal:i^2 reason:s^3 message:s^4 startedAt:t^5 finishedAt:t^6 containerID:s^7
ContainerStateWaiting core/v1
  reason:s^1 message:s^2
ContainerStatus core/v1
  name:s!^1 state:ContainerState^2 lastState:ContainerState^3 ready:b!^4 restartCount:i!^5 image:s!^6 imageID:s!^7
  containerID:s^8 started:*b^9 allocatedResources:{q^10 resources:*ResourceRequirements^11
  volumeMounts:[VolumeMountStatus@mountPath+mountPath^12 user:*ContainerUser^13
  allocatedResourcesStatus:[ResourceStatus@name+name^14 stopSignal:*s^15
ContainerUser core/v1
  linux:*LinuxContainerUser^1
ControllerRevision apps/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 data:r^2 revision:l!^3
CustomResourceColumnDefinition apiextensions/v1
  name:s!^1 type:s!^2 format:s^3 description:s^4 priority:i^5 jsonPath:s!^6
CustomResourceConversion apiextensions/v1
  strategy:s!^1 webhook:*WebhookConversion^2
CustomResourceDefinition apiextensions/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:CustomResourceDefinitionSpec!^2
  status:CustomResourceDefinitionStatus^3
CustomResourceDefinitionCondition apiextensions/v1
  type:s!^1 status:s!^2 lastTransitionTime:t^3 reason:s^4 message:s^5
CustomResourceDefinitionNames apiextensions/v1
  plural:s!^1 singular:s^2 shortNames:[s^3 kind:s!^4 listKind:s^5 categories:[s^6
CustomResourceDefinitionSpec apiextensions/v1
  group:s!^1 names:CustomResourceDefinitionNames!^3 scope:s!^4 versions:[CustomResourceDefinitionVersion!^7
  conversion:*CustomResourceConversion^9 preserveUnknownFields:b^10
CustomResourceDefinitionStatus apiextensions/v1
  conditions:[CustomResourceDefinitionCondition!@type^1 acceptedNames:CustomResourceDefinitionNames!^2
  storedVersions:[s!^3
CustomResourceDefinitionVersion apiextensions/v1
  name:s!^1 served:b!^2 storage:b!^3 deprecated:b^7 deprecationWarning:*s^8 schema:*CustomResourceValidation^4
  subresources:*CustomResourceSubresources^5 additionalPrinterColumns:[CustomResourceColumnDefinition^6
  selectableFields:[SelectableField^9
CustomResourceSubresourceScale apiextensions/v1
  specReplicasPath:s!^1 statusReplicasPath:s!^2 labelSelectorPath:*s^3
CustomResourceSubresourceStatus apiextensions/v1
CustomResourceSubresources apiextensions/v1
  status:*CustomResourceSubresourceStatus^1 scale:*CustomResourceSubresourceScale^2
CustomResourceValidation apiextensions/v1
  openAPIV3Schema:*r^1
DaemonEndpoint core/v1
  Port:i!^1
DeleteOptions meta/v1
  kind:s apiVersion:s gracePeriodSeconds:*l^1 preconditions:*Preconditions^2 orphanDependents:*b^3
  propagationPolicy:*s^4 dryRun:[s^5 ignoreStoreReadErrorWithClusterBreakingPotential:*b^6
DownwardAPIProjection core/v1
  items:[DownwardAPIVolumeFile^1
DownwardAPIVolumeFile core/v1
  path:s!^1 fieldRef:*ObjectFieldSelector^2 resourceFieldRef:*ResourceFieldSelector^3 mode:*i^4
DownwardAPIVolumeSource core/v1
  items:[DownwardAPIVolumeFile^1 defaultMode:*i^2
EmptyDirVolumeSource core/v1
  medium:s^1 sizeLimit:*q^2
Endpoint discovery/v1
  addresses:[s!#^1 conditions:EndpointConditions^2 hostname:*s^3 targetRef:*ObjectReference^4
  deprecatedTopology:{s^5 nodeName:*s^6 zone:*s^7 hints:*EndpointHints^8
EndpointAddress~ core/v1
  ip:s!^1 hostname:s^3 nodeName:*s^4 targetRef:*ObjectReference^2
EndpointConditions discovery/v1
  ready:*b^1 serving:*b^2 terminating:*b^3
EndpointHints discovery/v1
  forZones:[ForZone^1 forNodes:[ForNode^2
EndpointPort~ core/v1
  name:s^1 port:i!^2 protocol:s^3 appProtocol:*s^4
EndpointSlice discovery/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 addressType:s!^4 endpoints:[Endpoint!^2 ports:[EndpointSlicePort!^3
EndpointSlicePort~ discovery/v1
  name:*s^1 protocol:*s^2 port:*i^3 appProtocol:*s^4
EndpointSubset core/v1
  addresses:[EndpointAddress^1 notReadyAddresses:[EndpointAddress^2 ports:[EndpointPort^3
Endpoints core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 subsets:[EndpointSubset^2
EnvFromSource core/v1
  prefix:s^1 configMapRef:*ConfigMapEnvSource^2 secretRef:*SecretEnvSource^3
EnvVar core/v1
  name:s!^1 value:s^2 valueFrom:*EnvVarSource^3
EnvVarSource core/v1
  fieldRef:*ObjectFieldSelector^1 resourceFieldRef:*ResourceFieldSelector^2 configMapKeyRef:*ConfigMapKeySelector^3
  secretKeyRef:*SecretKeySelector^4 fileKeyRef:*FileKeySelector^5
EphemeralContainer core/v1
  name:s!^1.1 image:s^1.2 command:[s^1.3 args:[s^1.4 workingDir:s^1.5
  ports:[ContainerPort@containerPort,protocol+containerPort^1.6 envFrom:[EnvFromSource^1.19
  env:[EnvVar@name+name^1.7 resources:ResourceRequirements^1.8 resizePolicy:[ContainerResizePolicy^1.23
  restartPolicy:*s^1.24 restartPolicyRules:[ContainerRestartRule^1.25
  volumeMounts:[VolumeMount@mountPath+mountPath^1.9 volumeDevices:[VolumeDevice@devicePath+devicePath^1.21
  livenessProbe:*Probe^1.10 readinessProbe:*Probe^1.11 startupProbe:*Probe^1.22 lifecycle:*Lifecycle^1.12
  terminationMessagePath:s^1.13 terminationMessagePolicy:s^1.20 imagePullPolicy:s^1.14
  securityContext:*SecurityContext^1.15 stdin:b^1.16 stdinOnce:b^1.17 tty:b^1.18 targetContainerName:s^2
EphemeralVolumeSource core/v1
  volumeClaimTemplate:*PersistentVolumeClaimTemplate^1
Event core/v1
  kind:s apiVersion:s metadata:ObjectMeta!^1 involvedObject:ObjectReference!^2 reason:s^3 message:s^4
  source:EventSource^5 firstTimestamp:t^6 lastTimestamp:t^7 count:i^8 type:s^9 eventTime:m^10
  series:*EventSeries^11 action:s^12 related:*ObjectReference^13 reportingComponent:s!^14 reportingInstance:s!^15
EventSeries core/v1
  count:i^1 lastObservedTime:m^2
EventSource core/v1
  component:s^1 host:s^2
ExecAction core/v1
  command:[s^1
FCVolumeSource core/v1
  targetWWNs:[s^1 lun:*i^2 fsType:s^3 readOnly:b^4 wwids:[s^5
FieldSelectorAttributes authorization/v1
  rawSelector:s^1 requirements:[FieldSelectorRequirement^2
FieldSelectorRequirement meta/v1
  key:s!^1 operator:s!^2 values:[s^3
FileKeySelector~ core/v1
  volumeName:s!^1 path:s!^2 key:s!^3 optional:*b^4
FlexPersistentVolumeSource core/v1
  driver:s!^1 fsType:s^2 secretRef:*SecretReference^3 readOnly:b^4 options:{s^5
FlexVolumeSource core/v1
  driver:s!^1 fsType:s^2 secretRef:*LocalObjectReference^3 readOnly:b^4 options:{s^5
FlockerVolumeSource core/v1
  datasetName:s^1 datasetUUID:s^2
ForNode discovery/v1
  name:s!^1
ForZone discovery/v1
  name:s!^1
GCEPersistentDiskVolumeSource core/v1
  pdName:s!^1 fsType:s^2 partition:i^3 readOnly:b^4
GRPCAction core/v1
  port:i!^1 service:*s!^2
GitRepoVolumeSource core/v1
  repository:s!^1 revision:s^2 directory:s^3
GlusterfsPersistentVolumeSource core/v1
  endpoints:s!^1 path:s!^2 readOnly:b^3 endpointsNamespace:*s^4
GlusterfsVolumeSource core/v1
  endpoints:s!^1 path:s!^2 readOnly:b^3
HTTPGetAction core/v1
  path:s^1 port:x!^2 host:s^3 scheme:s^4 httpHeaders:[HTTPHeader^5
HTTPHeader core/v1
  name:s!^1 value:s!^2
HostAlias core/v1
  ip:s!^1 hostnames:[s^2
HostIP core/v1
  ip:s!^1
HostPathVolumeSource core/v1
  path:s!^1 type:*s^2
ISCSIPersistentVolumeSource core/v1
  targetPortal:s!^1 iqn:s!^2 lun:i!^3 iscsiInterface:s^4 fsType:s^5 readOnly:b^6 portals:[s^7 chapAuthDiscovery:b^8
  chapAuthSession:b^11 secretRef:*SecretReference^10 initiatorName:*s^12
ISCSIVolumeSource core/v1
  targetPortal:s!^1 iqn:s!^2 lun:i!^3 iscsiInterface:s^4 fsType:s^5 readOnly:b^6 portals:[s^7 chapAuthDiscovery:b^8
  chapAuthSession:b^11 secretRef:*LocalObjectReference^10 initiatorName:*s^12
ImageVolumeSource core/v1
  reference:s^1 pullPolicy:s^2
Job batch/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:JobSpec^2 status:JobStatus^3
JobCondition batch/v1
  type:s!^1 status:s!^2 lastProbeTime:t^3 lastTransitionTime:t^4 reason:s^5 message:s^6
JobSpec batch/v1
  parallelism:*i^1 completions:*i^2 activeDeadlineSeconds:*l^3 podFailurePolicy:*PodFailurePolicy^11
  successPolicy:*SuccessPolicy^16 backoffLimit:*i^7 backoffLimitPerIndex:*i^12 maxFailedIndexes:*i^13
  selector:*LabelSelector^4 manualSelector:*b^5 template:PodTemplateSpec!^6 ttlSecondsAfterFinished:*i^8
  completionMode:*s^9 suspend:*b^10 podReplacementPolicy:*s^14 managedBy:*s^15
JobStatus batch/v1
  conditions:[JobCondition+type^1 startTime:*t^2 completionTime:*t^3 active:i^4 succeeded:i^5 failed:i^6
  terminating:*i^11 completedIndexes:s^7 failedIndexes:*s^10 uncountedTerminatedPods:*UncountedTerminatedPods^8
  ready:*i^9
KeyToPath core/v1
  key:s!^1 path:s!^2 mode:*i^3
LabelSelectorAttributes authorization/v1
  rawSelector:s^1 requirements:[LabelSelectorRequirement^2
LabelSelectorRequirement meta/v1
  key:s!^1 operator:s!^2 values:[s^3
LabelSelector~ meta/v1
  matchLabels:{s^1 matchExpressions:[LabelSelectorRequirement^2
Lease coordination/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:LeaseSpec^2
LeaseSpec coordination/v1
  holderIdentity:*s^1 leaseDurationSeconds:*i^2 acquireTime:*m^3 renewTime:*m^4 leaseTransitions:*i^5 strategy:*s^6
  preferredHolder:*s^7
Lifecycle core/v1
  postStart:*LifecycleHandler^1 preStop:*LifecycleHandler^2 stopSignal:*s^3
LifecycleHandler core/v1
  exec:*ExecAction^1 httpGet:*HTTPGetAction^2 tcpSocket:*TCPSocketAction^3 sleep:*SleepAction^4
LinuxContainerUser core/v1
  uid:l!^1 gid:l!^2 supplementalGroups:[l^3
LoadBalancerIngress core/v1
  ip:s^1 hostname:s^2 ipMode:*s^3 ports:[PortStatus^4
LoadBalancerStatus core/v1
  ingress:[LoadBalancerIngress^1
LocalObjectReference~ core/v1
  name:s^1
LocalVolumeSource core/v1
  path:s!^1 fsType:*s^2
ManagedFieldsEntry meta/v1
  manager:s^1 operation:s^2 apiVersion:s^3 time:*t^4 fieldsType:s^6 fieldsV1:*r^7 subresource:s^8
ModifyVolumeStatus core/v1
  targetVolumeAttributesClassName:s^1 status:s!^2
NFSVolumeSource core/v1
  server:s!^1 path:s!^2 readOnly:b^3
Namespace core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:NamespaceSpec^2 status:NamespaceStatus^3
NamespaceCondition core/v1
  type:s!^1 status:s!^2 lastTransitionTime:t^4 reason:s^5 message:s^6
NamespaceSpec core/v1
  finalizers:[s^1
NamespaceStatus core/v1
  phase:s^1 conditions:[NamespaceCondition@type+type^2
Node core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:NodeSpec^2 status:NodeStatus^3
)";

static constexpr std::string_view kTable1 = R"(NodeAddress core/v1
  type:s!^1 address:s!^2
NodeAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector^1
  preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm^2
NodeCondition core/v1
  type:s!^1 status:s!^2 lastHeartbeatTime:t^3 lastTransitionTime:t^4 reason:s^5 message:s^6
NodeConfigSource core/v1
  configMap:*ConfigMapNodeConfigSource^2
NodeConfigStatus core/v1
  assigned:*NodeConfigSource^1 active:*NodeConfigSource^2 lastKnownGood:*NodeConfigSource^3 error:s^4
NodeDaemonEndpoints core/v1
  kubeletEndpoint:DaemonEndpoint^1
NodeFeatures core/v1
  supplementalGroupsPolicy:*b^1
NodeRuntimeHandler core/v1
  name:s!^1 features:*NodeRuntimeHandlerFeatures^2
NodeRuntimeHandlerFeatures core/v1
  recursiveReadOnlyMounts:*b^1 userNamespaces:*b^2
NodeSelectorRequirement core/v1
  key:s!^1 operator:s!^2 values:[s^3
NodeSelectorTerm~ core/v1
  matchExpressions:[NodeSelectorRequirement^1 matchFields:[NodeSelectorRequirement^2
NodeSelector~ core/v1
  nodeSelectorTerms:[NodeSelectorTerm!^1
NodeSpec core/v1
  podCIDR:s^1 podCIDRs:[s#+^7 providerID:s^3 unschedulable:b^4 taints:[Taint^5 configSource:*NodeConfigSource^6
  externalID:s^2
NodeStatus core/v1
  capacity:{q^1 allocatable:{q^2 phase:s^3 conditions:[NodeCondition@type+type^4 addresses:[NodeAddress@type+type^5
  daemonEndpoints:NodeDaemonEndpoints^6 nodeInfo:NodeSystemInfo^7 images:[ContainerImage^8 volumesInUse:[s^9
  volumesAttached:[AttachedVolume^10 config:*NodeConfigStatus^11 runtimeHandlers:[NodeRuntimeHandler^12
  features:*NodeFeatures^13
NodeSwapStatus core/v1
  capacity:*l^1
NodeSystemInfo core/v1
  machineID:s!^1 systemUUID:s!^2 bootID:s!^3 kernelVersion:s!^4 osImage:s!^5 containerRuntimeVersion:s!^6
  kubeletVersion:s!^7 kubeProxyVersion:s!^8 operatingSystem:s!^9 architecture:s!^10 swap:*NodeSwapStatus^11
NonResourceAttributes authorization/v1
  path:s^1 verb:s^2
ObjectFieldSelector~ core/v1
  apiVersion:s^1 fieldPath:s!^2
ObjectMeta meta/v1
  name:s^1 generateName:s^2 namespace:s^3 selfLink:s^4 uid:s^5 resourceVersion:s^6 generation:l^7
  creationTimestamp:t0^8 deletionTimestamp:*t^9 deletionGracePeriodSeconds:*l^10 labels:{s^11 annotations:{s^12
  ownerReferences:[OwnerReference@uid+uid^13 finalizers:[s#+^14 managedFields:[ManagedFieldsEntry^17
ObjectReference~ core/v1
  kind:s^1 namespace:s^2 name:s^3 uid:s^4 apiVersion:s^5 resourceVersion:s^6 fieldPath:s^7
OwnerReference~ meta/v1
  apiVersion:s!^5 kind:s!^1 name:s!^3 uid:s!^4 controller:*b^6 blockOwnerDeletion:*b^7
PersistentVolume core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:PersistentVolumeSpec^2 status:PersistentVolumeStatus^3
PersistentVolumeClaim core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:PersistentVolumeClaimSpec^2 status:PersistentVolumeClaimStatus^3
PersistentVolumeClaimCondition core/v1
  type:s!^1 status:s!^2 lastProbeTime:t^3 lastTransitionTime:t^4 reason:s^5 message:s^6
PersistentVolumeClaimSpec core/v1
  accessModes:[s^1 selector:*LabelSelector^4 resources:VolumeResourceRequirements^2 volumeName:s^3
  storageClassName:*s^5 volumeMode:*s^6 dataSource:*TypedLocalObjectReference^7
  dataSourceRef:*TypedObjectReference^8 volumeAttributesClassName:*s^9
PersistentVolumeClaimStatus core/v1
  phase:s^1 accessModes:[s^2 capacity:{q^3 conditions:[PersistentVolumeClaimCondition@type+type^4
  allocatedResources:{q^5 allocatedResourceStatuses:{s^7 currentVolumeAttributesClassName:*s^8
  modifyVolumeStatus:*ModifyVolumeStatus^9
PersistentVolumeClaimTemplate core/v1
  metadata:ObjectMeta^1 spec:PersistentVolumeClaimSpec!^2
PersistentVolumeClaimVolumeSource core/v1
  claimName:s!^1 readOnly:b^2
PersistentVolumeSpec core/v1
  capacity:{q^1 gcePersistentDisk:*GCEPersistentDiskVolumeSource^2.1
  awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource^2.2 hostPath:*HostPathVolumeSource^2.3
  glusterfs:*GlusterfsPersistentVolumeSource^2.4 nfs:*NFSVolumeSource^2.5 rbd:*RBDPersistentVolumeSource^2.6
  iscsi:*ISCSIPersistentVolumeSource^2.7 cinder:*CinderPersistentVolumeSource^2.8
  cephfs:*CephFSPersistentVolumeSource^2.9 fc:*FCVolumeSource^2.10 flocker:*FlockerVolumeSource^2.11
  flexVolume:*FlexPersistentVolumeSource^2.12 azureFile:*AzureFilePersistentVolumeSource^2.13
  vsphereVolume:*VsphereVirtualDiskVolumeSource^2.14 quobyte:*QuobyteVolumeSource^2.15
  azureDisk:*AzureDiskVolumeSource^2.16 photonPersistentDisk:*PhotonPersistentDiskVolumeSource^2.17
  portworxVolume:*PortworxVolumeSource^2.18 scaleIO:*ScaleIOPersistentVolumeSource^2.19
  local:*LocalVolumeSource^2.20 storageos:*StorageOSPersistentVolumeSource^2.21 csi:*CSIPersistentVolumeSource^2.22
  accessModes:[s^3 claimRef:*ObjectReference^4 persistentVolumeReclaimPolicy:s^5 storageClassName:s^6
  mountOptions:[s^7 volumeMode:*s^8 nodeAffinity:*VolumeNodeAffinity^9 volumeAttributesClassName:*s^10
PersistentVolumeStatus core/v1
  phase:s^1 message:s^2 reason:s^3 lastPhaseTransitionTime:*t^4
PhotonPersistentDiskVolumeSource core/v1
  pdID:s!^1 fsType:s^2
Pod core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:PodSpec^2 status:PodStatus^3
PodAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm^1
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm^2
PodAffinityTerm core/v1
  labelSelector:*LabelSelector^1 namespaces:[s^2 topologyKey:s!^3 namespaceSelector:*LabelSelector^4
  matchLabelKeys:[s^5 mismatchLabelKeys:[s^6
PodAntiAffinity core/v1
  requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm^1
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm^2
PodCertificateProjection core/v1
  signerName:s^1 keyType:s^2 maxExpirationSeconds:*i^3 credentialBundlePath:s^4 keyPath:s^5
  certificateChainPath:s^6
PodCondition core/v1
  type:s!^1 observedGeneration:l^7 status:s!^2 lastProbeTime:t^3 lastTransitionTime:t^4 reason:s^5 message:s^6
PodDNSConfig core/v1
  nameservers:[s^1 searches:[s^2 options:[PodDNSConfigOption^3
PodDNSConfigOption core/v1
  name:s^1 value:*s^2
PodExtendedResourceClaimStatus core/v1
  requestMappings:[ContainerExtendedResourceRequest!^1 resourceClaimName:s!^2
PodFailurePolicy batch/v1
  rules:[PodFailurePolicyRule!^1
PodFailurePolicyOnExitCodesRequirement batch/v1
  containerName:*s^1 operator:s!^2 values:[i!#^3
PodFailurePolicyOnPodConditionsPattern batch/v1
  type:s!^1 status:s!^2
PodFailurePolicyRule batch/v1
  action:s!^1 onExitCodes:*PodFailurePolicyOnExitCodesRequirement^2
  onPodConditions:[PodFailurePolicyOnPodConditionsPattern^3
PodIP core/v1
  ip:s!^1
PodOS core/v1
  name:s!^1
PodReadinessGate core/v1
  conditionType:s!^1
PodResourceClaim core/v1
  name:s!^1 resourceClaimName:*s^3 resourceClaimTemplateName:*s^4
PodResourceClaimStatus core/v1
  name:s!^1 resourceClaimName:*s^2
PodSchedulingGate core/v1
  name:s!^1
PodSecurityContext core/v1
  seLinuxOptions:*SELinuxOptions^1 windowsOptions:*WindowsSecurityContextOptions^8 runAsUser:*l^2 runAsGroup:*l^6
  runAsNonRoot:*b^3 supplementalGroups:[l^4 supplementalGroupsPolicy:*s^12 fsGroup:*l^5 sysctls:[Sysctl^7
  fsGroupChangePolicy:*s^9 seccompProfile:*SeccompProfile^10 appArmorProfile:*AppArmorProfile^11
  seLinuxChangePolicy:*s^13
PodSpec core/v1
  volumes:[Volume@name%+name^1 initContainers:[Container@name+name^20 containers:[Container!@name+name^2
  ephemeralContainers:[EphemeralContainer@name+name^34 restartPolicy:s^3 terminationGracePeriodSeconds:*l^4
  activeDeadlineSeconds:*l^5 dnsPolicy:s^6 nodeSelector:{s~^7 serviceAccountName:s^8 serviceAccount:s^9
  automountServiceAccountToken:*b^21 nodeName:s^10 hostNetwork:b^11 hostPID:b^12 hostIPC:b^13
  shareProcessNamespace:*b^27 securityContext:*PodSecurityContext^14
  imagePullSecrets:[LocalObjectReference@name+name^15 hostname:s^16 subdomain:s^17 affinity:*Affinity^18
  schedulerName:s^19 tolerations:[Toleration^22 hostAliases:[HostAlias@ip+ip^23 priorityClassName:s^24
  priority:*i^25 dnsConfig:*PodDNSConfig^26 readinessGates:[PodReadinessGate^28 runtimeClassName:*s^29
  enableServiceLinks:*b^30 preemptionPolicy:*s^31 overhead:{q^32
  topologySpreadConstraints:[TopologySpreadConstraint@topologyKey,whenUnsatisfiable+topologyKey^33
  setHostnameAsFQDN:*b^35 os:*PodOS^36 hostUsers:*b^37 schedulingGates:[PodSchedulingGate@name+name^38
  resourceClaims:[PodResourceClaim@name%+name^39 resources:*ResourceRequirements^40 hostnameOverride:*s^41
PodStatus core/v1
  observedGeneration:l^17 phase:s^1 conditions:[PodCondition@type+type^2 message:s^3 reason:s^4
  nominatedNodeName:s^11 hostIP:s^5 hostIPs:[HostIP+ip^16 podIP:s^6 podIPs:[PodIP@ip+ip^12 startTime:*t^7
  initContainerStatuses:[ContainerStatus^10 containerStatuses:[ContainerStatus^8 qosClass:s^9
  ephemeralContainerStatuses:[ContainerStatus^13 resize:s^14
  resourceClaimStatuses:[PodResourceClaimStatus@name%+name^15
  extendedResourceClaimStatus:*PodExtendedResourceClaimStatus^18
PodTemplateSpec core/v1
  metadata:ObjectMeta^1 spec:PodSpec^2
PolicyRule rbac/v1
  verbs:[s!^1 apiGroups:[s^2 resources:[s^3 resourceNames:[s^4 nonResourceURLs:[s^5
PortStatus core/v1
  port:i!^1 protocol:s!^2 error:*s^3
PortworxVolumeSource core/v1
  volumeID:s!^1 fsType:s^2 readOnly:b^3
Preconditions meta/v1
  uid:*s^1 resourceVersion:*s^2
PreferredSchedulingTerm core/v1
  weight:i!^1 preference:NodeSelectorTerm!^2
Probe core/v1
  exec:*ExecAction^1.1 httpGet:*HTTPGetAction^1.2 tcpSocket:*TCPSocketAction^1.3 grpc:*GRPCAction^1.4
  initialDelaySeconds:i^2 timeoutSeconds:i^3 periodSeconds:i^4 successThreshold:i^5 failureThreshold:i^6
  terminationGracePeriodSeconds:*l^7
ProjectedVolumeSource core/v1
  sources:[VolumeProjection!^1 defaultMode:*i^2
QuobyteVolumeSource core/v1
  registry:s!^1 volume:s!^2 readOnly:b^3 user:s^4 group:s^5 tenant:s^6
RBDPersistentVolumeSource core/v1
  monitors:[s!^1 image:s!^2 fsType:s^3 pool:s^4 user:s^5 keyring:s^6 secretRef:*SecretReference^7 readOnly:b^8
RBDVolumeSource core/v1
  monitors:[s!^1 image:s!^2 fsType:s^3 pool:s^4 user:s^5 keyring:s^6 secretRef:*LocalObjectReference^7 readOnly:b^8
ResourceAttributes authorization/v1
  namespace:s^1 verb:s^2 group:s^3 version:s^4 resource:s^5 subresource:s^6 name:s^7
  fieldSelector:*FieldSelectorAttributes^8 labelSelector:*LabelSelectorAttributes^9
ResourceClaim core/v1
  name:s!^1 request:s^2
ResourceFieldSelector~ core/v1
  containerName:s^1 resource:s!^2 divisor:q^3
ResourceHealth core/v1
  resourceID:s!^1 health:s^2
ResourceRequirements core/v1
  limits:{q^1 requests:{q^2 claims:[ResourceClaim@name^3
ResourceStatus core/v1
  name:s!^1 resources:[ResourceHealth@resourceID^2
Role rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 rules:[PolicyRule!^2
RoleBinding rbac/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 subjects:[Subject^2 roleRef:RoleRef!^3
RoleRef~ rbac/v1
  apiGroup:s!^1 kind:s!^2 name:s!^3
RollingUpdateStatefulSetStrategy apps/v1
  partition:*i^1 maxUnavailable:*x^2
SELinuxOptions core/v1
  user:s^1 role:s^2 type:s^3 level:s^4
ScaleIOPersistentVolumeSource core/v1
  gateway:s!^1 system:s!^2 secretRef:*SecretReference!^3 sslEnabled:b^4 protectionDomain:s^5 storagePool:s^6
  storageMode:s^7 volumeName:s^8 fsType:s^9 readOnly:b^10
ScaleIOVolumeSource core/v1
  gateway:s!^1 system:s!^2 secretRef:*LocalObjectReference!^3 sslEnabled:b^4 protectionDomain:s^5 storagePool:s^6
  storageMode:s^7 volumeName:s^8 fsType:s^9 readOnly:b^10
SeccompProfile core/v1
  type:s!^1 localhostProfile:*s^2
Secret core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 immutable:*b^5 data:{y^2 stringData:{s^4 type:s^3
SecretEnvSource core/v1
  name:s^1.1 optional:*b^2
SecretKeySelector~ core/v1
  name:s^1.1 key:s!^2 optional:*b^3
SecretProjection core/v1
  name:s^1.1 items:[KeyToPath^2 optional:*b^4
SecretReference~ core/v1
  name:s^1 namespace:s^2
SecretVolumeSource core/v1
  secretName:s^1 items:[KeyToPath^2 defaultMode:*i^3 optional:*b^4
SecurityContext core/v1
  capabilities:*Capabilities^1 privileged:*b^2 seLinuxOptions:*SELinuxOptions^3
  windowsOptions:*WindowsSecurityContextOptions^10 runAsUser:*l^4 runAsGroup:*l^8 runAsNonRoot:*b^5
  readOnlyRootFilesystem:*b^6 allowPrivilegeEscalation:*b^7 procMount:*s^9 seccompProfile:*SeccompProfile^11
  appArmorProfile:*AppArmorProfile^12
SelectableField apiextensions/v1
  jsonPath:s!^1
SelfSubjectAccessReview authorization/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:SelfSubjectAccessReviewSpec!^2 status:SubjectAccessReviewStatus^3
SelfSubjectAccessReviewSpec authorization/v1
  resourceAttributes:*ResourceAttributes^1 nonResourceAttributes:*NonResourceAttributes^2
SelfSubjectReview authentication/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 status:SelfSubjectReviewStatus^2
SelfSubjectReviewStatus authentication/v1
  userInfo:UserInfo^1
Service core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:ServiceSpec^2 status:ServiceStatus^3
ServiceAccount core/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 secrets:[ObjectReference@name+name^2
  imagePullSecrets:[LocalObjectReference^3 automountServiceAccountToken:*b^4
ServiceAccountTokenProjection core/v1
  audience:s^1 expirationSeconds:*l^2 path:s!^3
ServicePort core/v1
  name:s^1 protocol:s="TCP"^2 appProtocol:*s^6 port:i!^3 targetPort:x^4 nodePort:i^5
ServiceReference apiextensions/v1
  namespace:s!^1 name:s!^2 path:*s^3 port:*i^4
ServiceSpec core/v1
  ports:[ServicePort@port,protocol+port^1 selector:{s~^2 clusterIP:s^3 clusterIPs:[s^18 type:s^4 externalIPs:[s^5
  sessionAffinity:s^7 loadBalancerIP:s^8 loadBalancerSourceRanges:[s^9 externalName:s^10 externalTrafficPolicy:s^11
  healthCheckNodePort:i^12 publishNotReadyAddresses:b^13 sessionAffinityConfig:*SessionAffinityConfig^14
  ipFamilies:[s^19 ipFamilyPolicy:*s^17 allocateLoadBalancerNodePorts:*b^20 loadBalancerClass:*s^21
  internalTrafficPolicy:*s^22 trafficDistribution:*s^23
ServiceStatus core/v1
  loadBalancer:LoadBalancerStatus^1 conditions:[Condition@type+type^2
SessionAffinityConfig core/v1
  clientIP:*ClientIPConfig^1
SleepAction core/v1
  seconds:l!^1
StatefulSet apps/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:StatefulSetSpec^2 status:StatefulSetStatus^3
)";

static constexpr std::string_view kTable2 = R"(StatefulSetCondition apps/v1
  type:s!^1 status:s!^2 lastTransitionTime:t^3 reason:s^4 message:s^5
StatefulSetOrdinals apps/v1
  start:i!^1
StatefulSetPersistentVolumeClaimRetentionPolicy apps/v1
  whenDeleted:s^1 whenScaled:s^2
StatefulSetSpec apps/v1
  replicas:*i^1 selector:*LabelSelector!^2 template:PodTemplateSpec!^3
  volumeClaimTemplates:[PersistentVolumeClaim^4 serviceName:s!^5 podManagementPolicy:s^6
  updateStrategy:StatefulSetUpdateStrategy^7 revisionHistoryLimit:*i^8 minReadySeconds:i^9
  persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy^10
  ordinals:*StatefulSetOrdinals^11
StatefulSetStatus apps/v1
  observedGeneration:l^1 replicas:i!^2 readyReplicas:i^3 currentReplicas:i^4 updatedReplicas:i^5
  currentRevision:s^6 updateRevision:s^7 collisionCount:*i^9 conditions:[StatefulSetCondition@type+type^10
  availableReplicas:i!^11
StatefulSetUpdateStrategy apps/v1
  type:s^1 rollingUpdate:*RollingUpdateStatefulSetStrategy^2
StorageClass storage/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 provisioner:s!^2 parameters:{s^3 reclaimPolicy:*s^4 mountOptions:[s^5
  allowVolumeExpansion:*b^6 volumeBindingMode:*s^7 allowedTopologies:[TopologySelectorTerm^8
StorageOSPersistentVolumeSource core/v1
  volumeName:s^1 volumeNamespace:s^2 fsType:s^3 readOnly:b^4 secretRef:*ObjectReference^5
StorageOSVolumeSource core/v1
  volumeName:s^1 volumeNamespace:s^2 fsType:s^3 readOnly:b^4 secretRef:*LocalObjectReference^5
SubjectAccessReview authorization/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:SubjectAccessReviewSpec!^2 status:SubjectAccessReviewStatus^3
SubjectAccessReviewSpec authorization/v1
  resourceAttributes:*ResourceAttributes^1 nonResourceAttributes:*NonResourceAttributes^2 user:s^3 groups:[s^4
  extra:{[s^5 uid:s^6
SubjectAccessReviewStatus authorization/v1
  allowed:b!^1 denied:b^4 reason:s^2 evaluationError:s^3
Subject~ rbac/v1
  kind:s!^1 apiGroup:s^2 name:s!^3 namespace:s^4
SuccessPolicy batch/v1
  rules:[SuccessPolicyRule!^1
SuccessPolicyRule batch/v1
  succeededIndexes:*s^1 succeededCount:*i^2
Sysctl core/v1
  name:s!^1 value:s!^2
TCPSocketAction core/v1
  port:x!^1 host:s^2
Taint core/v1
  key:s!^1 value:s^2 effect:s!^3 timeAdded:*t^4
TokenReview authentication/v1
  kind:s apiVersion:s metadata:ObjectMeta^1 spec:TokenReviewSpec!^2 status:TokenReviewStatus^3
TokenReviewSpec authentication/v1
  token:s^1 audiences:[s^2
TokenReviewStatus authentication/v1
  authenticated:b^1 user:UserInfo^2 audiences:[s^4 error:s^3
Toleration core/v1
  key:s^1 operator:s^2 value:s^3 effect:s^4 tolerationSeconds:*l^5
TopologySelectorLabelRequirement core/v1
  key:s!^1 values:[s!^2
TopologySelectorTerm~ core/v1
  matchLabelExpressions:[TopologySelectorLabelRequirement^1
TopologySpreadConstraint core/v1
  maxSkew:i!^1 topologyKey:s!^2 whenUnsatisfiable:s!^3 labelSelector:*LabelSelector^4 minDomains:*i^5
  nodeAffinityPolicy:*s^6 nodeTaintsPolicy:*s^7 matchLabelKeys:[s^8
TypedLocalObjectReference~ core/v1
  apiGroup:*s!^1 kind:s!^2 name:s!^3
TypedObjectReference core/v1
  apiGroup:*s!^1 kind:s!^2 name:s!^3 namespace:*s^4
UncountedTerminatedPods batch/v1
  succeeded:[s#^1 failed:[s#^2
UserInfo authentication/v1
  username:s^1 uid:s^2 groups:[s^3 extra:{[s^4
Volume core/v1
  name:s!^1 hostPath:*HostPathVolumeSource^2.1 emptyDir:*EmptyDirVolumeSource^2.2
  gcePersistentDisk:*GCEPersistentDiskVolumeSource^2.3 awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource^2.4
  gitRepo:*GitRepoVolumeSource^2.5 secret:*SecretVolumeSource^2.6 nfs:*NFSVolumeSource^2.7
  iscsi:*ISCSIVolumeSource^2.8 glusterfs:*GlusterfsVolumeSource^2.9
  persistentVolumeClaim:*PersistentVolumeClaimVolumeSource^2.10 rbd:*RBDVolumeSource^2.11
  flexVolume:*FlexVolumeSource^2.12 cinder:*CinderVolumeSource^2.13 cephfs:*CephFSVolumeSource^2.14
  flocker:*FlockerVolumeSource^2.15 downwardAPI:*DownwardAPIVolumeSource^2.16 fc:*FCVolumeSource^2.17
  azureFile:*AzureFileVolumeSource^2.18 configMap:*ConfigMapVolumeSource^2.19
  vsphereVolume:*VsphereVirtualDiskVolumeSource^2.20 quobyte:*QuobyteVolumeSource^2.21
  azureDisk:*AzureDiskVolumeSource^2.22 photonPersistentDisk:*PhotonPersistentDiskVolumeSource^2.23
  projected:*ProjectedVolumeSource^2.26 portworxVolume:*PortworxVolumeSource^2.24 scaleIO:*ScaleIOVolumeSource^2.25
  storageos:*StorageOSVolumeSource^2.27 csi:*CSIVolumeSource^2.28 ephemeral:*EphemeralVolumeSource^2.29
  image:*ImageVolumeSource^2.30
VolumeDevice core/v1
  name:s!^1 devicePath:s!^2
VolumeMount core/v1
  name:s!^1 readOnly:b^2 recursiveReadOnly:*s^7 mountPath:s!^3 subPath:s^4 mountPropagation:*s^5 subPathExpr:s^6
VolumeMountStatus core/v1
  name:s!^1 mountPath:s!^2 readOnly:b^3 recursiveReadOnly:*s^4
VolumeNodeAffinity core/v1
  required:*NodeSelector^1
VolumeProjection core/v1
  secret:*SecretProjection^1 downwardAPI:*DownwardAPIProjection^2 configMap:*ConfigMapProjection^3
  serviceAccountToken:*ServiceAccountTokenProjection^4 clusterTrustBundle:*ClusterTrustBundleProjection^5
  podCertificate:*PodCertificateProjection^6
VolumeResourceRequirements core/v1
  limits:{q^1 requests:{q^2
VsphereVirtualDiskVolumeSource core/v1
  volumePath:s!^1 fsType:s^2 storagePolicyName:s^3 storagePolicyID:s^4
WebhookClientConfig apiextensions/v1
  url:*s^3 service:*ServiceReference^1 caBundle:y^2
WebhookConversion apiextensions/v1
  clientConfig:*WebhookClientConfig^2 conversionReviewVersions:[s!^3
WeightedPodAffinityTerm core/v1
  weight:i!^1 podAffinityTerm:PodAffinityTerm!^2
WindowsSecurityContextOptions core/v1
  gmsaCredentialSpecName:*s^1 gmsaCredentialSpec:*s^2 runAsUserName:*s^3 hostProcess:*b^4
)";

std::span<const std::string_view> builtin_type_tables() {
    static constexpr std::array tables{kTable0, kTable1, kTable2};
    return tables;
}

}  // namespace devcluster::apiserver
