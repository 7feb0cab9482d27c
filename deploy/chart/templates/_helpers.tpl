{{- /* What several templates say alike. Each takes the root, or a dict of root and part. */ -}}

{{- define "labels" -}}
app.kubernetes.io/name: assistant
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "metadata" -}}
name: {{ .root.Release.Name }}-{{ .part }}
labels:
  {{- include "labels" . | nindent 2 }}
{{- end }}

{{- define "pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "labels" . | nindent 8 }}
{{- end }}

{{- define "container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "frontdesk.environment" -}}
envFrom:
  - secretRef: {name: {{ .root.Values.secret | quote }}}
env:
  - {name: FRONTDESK_RASA_URL, value: {{ include "rasa.urls" .root | quote }}}
  - {name: FRONTDESK_ACTIONS_URL, value: "http://{{ .root.Release.Name }}-actions:5055"}
  - {name: FRONTDESK_PUBLIC_URL, value: "https://{{ .root.Values.host }}"}
  - {name: FRONTDESK_TRUSTED_PROXIES, value: {{ .root.Values.ingress.addresses | quote }}}
volumeMounts:
  - {name: clinic, mountPath: /app/clinic.yml, subPath: clinic.yml, readOnly: true}
  - {name: kept, mountPath: /var/lib/assistant}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "frontdesk.volumes" -}}
volumes:
  - {name: clinic, configMap: {name: {{ .root.Release.Name }}-clinic}}
  - {name: kept, persistentVolumeClaim: {claimName: {{ .root.Values.kept.existingClaim | default (printf "%s-kept" .root.Release.Name) | quote }}}}
  - {name: tmp, emptyDir: {sizeLimit: 256Mi}}
{{- end }}

{{- /* Every worker that there may ever be; one that is not there now is passed over. */ -}}
{{- define "rasa.urls" -}}
{{- range $number := until (int .Values.rasa.max) -}}
{{- if $number }},{{ end -}}
http://{{ $.Release.Name }}-rasa-{{ $number }}.{{ $.Release.Name }}-rasa.{{ $.Release.Namespace }}.svc.cluster.local:5005
{{- end -}}
{{- end }}

{{- define "names" -}}
- to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
  ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
{{- end }}
