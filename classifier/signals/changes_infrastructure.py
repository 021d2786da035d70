"""Does a call change servers, deployments, networks or cloud resources?"""

from classifier.cues import Cues
from classifier.probe import Probe

_RESOURCE = (
    "server|servers|instance|instances|vm|cluster|node|container|containers|pod|deployment|deploy|service|stack|network|subnet|vpc|dns|domain|bucket|database|db|"
    "volume|disk|droplet|lambda|function|worker|pipeline|workflow|environment|namespace|kubernetes|helm|terraform|app|application|project|site|zone|record|route|"
    "firewall|load|balancer|gateway|queue|topic|replica|branch|region|snapshot|image|registry|certificate|cdn|proxy|machine|dyno|nodebalancer|ingress|configmap|cron|"
    "schedule|endpoint|index|virtual|vps|sandbox|tunnel|interface|vlan|host|port|switch|account|resource|resources|stack|table|compose|runner|droplets|kv|d1|r2|secret|job"
)

PROBE = Probe(
    code="changes-infrastructure",
    label="Changes infrastructure",
    question="Does a call create or change servers, deployments, pipelines, networks, DNS, cloud or cluster resources?",
    meaning="Machines, networks or cloud resources are different after the call.",
    matters="A change here takes down whatever runs on top of it, and new resources cost money until somebody finds them.",
    advice="Use a cloud role limited to one project, hold changes for approval, and prefer infrastructure as code.",
    name=Cues(
        "deploy|redeploy|provision|undeploy|rollout|terraform|helm|kubectl|scale|reboot|autoscale|cordon|drain|failover|rollback|undeploy|promote|deprovision|resize|ansible|pulumi",
        f"create|start|stop|restart|delete|update|destroy|reboot|terminate|launch|attach|detach|scale|run|apply|patch|add|remove|set|manage|configure|enable|disable|upgrade|migrate|restore|resize|rebuild|clone|modify|put|purge|trigger|register|import|cancel|pause|resume ~3 {_RESOURCE}",
        "aws|azure|gcp|k8s|kubernetes|docker|cloudflare|linode|digitalocean|vercel|netlify|heroku|railway|fly|proxmox ~2 create|start|stop|delete|update|deploy|run|apply|patch|scale|restart|exec|remove|set",
        "部署",
        "重启",
        friends=[
            "get|list|describe|show|search|find|read|check|view|fetch|query|inspect|log|logs ~4 server|instance|cluster|deployment|service|stack|network|dns|domain|bucket|database|pipeline|workflow|container|pod|node|kubernetes|helm|terraform|host|index|queue",
            "add|create|update|delete|manage|set ~2 project task|note|member|label",
            "rollback transaction",
            "scale image|object|layer",
        ],
    ),
    text=Cues(
        "deploy|provision|redeploy|rollout",
        f"create|start|stop|restart|delete|update|destroy|reboot|terminate|launch|attach|detach|scale|apply|patch|configure|enable|disable|upgrade|restore|resize ~4 {_RESOURCE} ~8 aws|azure|gcp|cloud|cluster|kubernetes|k8s|docker|vps|virtual|server|network|dns|infrastructure|cloudflare|namespace|container|vm|hypervisor|hosting|heroku|vercel|netlify|railway|render|fly|linode",
        "dns record",
        "virtual machine|server",
        "kubernetes|k8s ~2 resource|manifest|cluster",
        "docker container|compose|image",
        "load balancer",
        "部署",
        "容器",
        "集群",
        "デプロイ",
        "배포",
        "despliega|desplegar",
        "implanta",
        friends=[
            "get|list|describe|show|search|find|read|check|view|retrieve|fetch|return ~6 deployment|deploy|dns|virtual|kubernetes|docker|load"
        ],
    ),
)
