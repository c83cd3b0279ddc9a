"""What Chinese terms are in English: the stems that may stand for each.

Written down from the vocabulary of papers; a term that is missing here costs a check, never a statement.
"""

_TRANSLATED = """
召回 recall; 查全 recall; 精确率 precision; 精度 accuracy precision; 查准 precision; 准确 accuracy precision;
困惑度 perplexity ppl; 延迟 latency delay; 吞吐 throughput; 内存 memory; 显存 memory; 参数 parameter;
速度 speed fast; 误差 error; 错误 error wrong; 损失 loss; 成本 cost; 代价 cost; 开销 cost overhead; 时间 time;
时长 time duration; 得分 score; 分数 score; 成功 success; 训练 train; 预训练 pretrain; 微调 finetune fine-tune;
推理 inference infer reason; 评测 evaluat benchmark; 评估 evaluat; 测试 test; 验证 valid verif;
数据 data dataset; 样本 sample example instance; 标注 annotat label; 模型 model; 基线 baseline;
方法 method approach; 网络 network; 编码器 encoder; 解码器 decoder; 注意力 attention; 层 layer; 头 head;
维 dimension; 学习率 learning-rate learn rate; 批 batch; 步 step; 轮 epoch round; 优化 optim; 正则 regulari;
残差 residual; 归一化 norm; 位置 position; 嵌入 embed; 句 sentence; 词 word token vocabular; 翻译 translat;
英德 german en-de; 英法 french en-fr; 德语 german; 法语 french; 英语 english; 中文 chinese; 搜索 search;
检索 retriev search; 论文 paper; 引用 citation cit; 查询 quer; 智能体 agent; 奖励 reward;
强化学习 reinforcement rl ppo; 策略 polic strateg; 动作 action; 展开 expand; 扩展 expand exten;
移除 remov without; 去掉 remov without; 删除 remov delet; 消融 ablat; 图像 image; 视频 video; 文本 text;
语言 language; 语音 speech audio; 噪声 nois; 去噪 denois; 扩散 diffusion; 生成 generat; 分类 classif;
检测 detect; 分割 segment; 重建 reconstruct; 恢复 restor; 用户 user; 人工 human manual annotat; 专家 expert;
合成 synthe; 真实 real; 任务 task; 基准 benchmark; 结果 result; 性能 perform; 效果 perform effect;
质量 quality; 改进 improv; 提升 improv increas gain; 提高 improv increas; 下降 decreas drop;
降低 decreas reduc low; 减少 reduc decreas few; 增加 increas more; 复杂度 complex; 并行 parallel;
循环 recurren; 卷积 convol; 序列 sequence; 上下文 context; 提示 prompt hint; 思维链 chain; 知识 knowledge;
蒸馏 distill; 量化 quantiz; 剪枝 prun; 压缩 compress; 开源 open release code; 代码 code; 权重 weight;
作者 author we; 假设 hypothes assum; 怀疑 suspect; 局限 limit; 未来 future; 温度 temperature; 阈值 threshold;
概率 probab; 分布 distribut; 采样 sampl; 随机 random; 平均 averag mean; 最大 max larg; 最小 min small;
最好 best; 最佳 best; 标准差 deviation std; 方差 varianc; 相关 correlat relevan relat; 子集 subset;
类别 class categor; 标签 label tag; 特征 feature; 向量 vector; 矩阵 matri; 梯度 gradient; 教师 teacher;
学生 student; 医生 doctor physician clinician; 患者 patient; 临床 clinical; 机器人 robot; 规划 plan;
导航 navigat; 摄像 camera; 相机 camera; 传感 sensor; 分辨率 resolution; 像素 pixel; 产出 yield; 节点 node;
领域 domain area; 实体 entit; 帧 frame; 块 block patch; 深度 depth deep; 宽度 width; 长度 length;
规模 scale size; 大小 size; 容量 capacity; 存储 storage stor; 能耗 energy; 问题 question problem; 回答 answer;
答案 answer; 对话 dialog convers; 摘要 summar abstract; 文档 document; 段落 paragraph passage; 图 graph figure;
边 edge; 树 tree; 聚类 cluster; 回归 regress; 集成 ensembl; 单模型 single; 冻结 frozen freez; 初始化 initiali;
收敛 converg; 过拟合 overfit; 泛化 generaliz; 鲁棒 robust; 安全 safe secur; 攻击 attack; 投影 project;
滤波 filter; 信号 signal; 频率 frequen; 生命体征 vital; 化验 lab laborator; 实验室 lab laborator;
变量 variable; 药物 medic drug; 警报 alarm; 误报 false alarm; 感染 infect; 死亡 death mortalit;
住院 admission inpatient stay; 诊断 diagnos; 治疗 treat; 粗粒度 coarse; 细粒度 fine;
一致性 agreement consisten; 标记 token tag mark; 单元 unit; 参与者 participant; 熟悉 familiar;
重复 repeat re-encounter reencounter; 遇到 encounter; 已读 read visit; 保存 sav keep; 打开 open; 点击 click;
兴趣 interest; 相似 similar; 有用 useful helpful; 早期 early; 晚期 late; 延误 delay; 风险 risk; 护士 nurs;
医院 hospital; 年龄 age; 性别 gender sex; 设备 device equip; 压力 pressure; 速率 rate; 密度 densit; 星系 galax;
恒星 star stellar; 行星 planet; 黑洞 hole; 红移 redshift; 光谱 spectr; 望远镜 telescop; 细胞 cell;
蛋白 protein; 基因 gene; 药效 efficac; 剂量 dose; 安慰剂 placebo; 对照 control; 实验组 treatment;
疗效 efficac effect; 原告 plaintiff; 被告 defendant; 法院 court; 案件 case; 法律 legal law; 合同 contract;
价格 price; 市场 market; 收入 income revenue; 国家 countr nation; 学校 school; 老师 teacher; 课程 course;
问卷 survey questionnaire; 访谈 interview; 回收 recover; 表格 table; 单元格 cell; 标题 title caption;
链接 link; 元数据 metadata; 出版 publish; 引文 citation; 书目 bibliograph; 全文 full-text full; 开放 open;
许可 licen; 语料 corpus corpora; 词元 token; 词表 vocabular; 电池 batter; 卡 gpu; 显卡 gpu; 小时 hour; 天 day;
分钟 minute; 余弦 cosine; 点积 dot inner; 欧氏 euclid l2; 阈 threshold; 同行 row; 同列 column; 每行 row;
每列 column; 行列 row; 偏置 bias; 偏差 bias; 扰动 perturb; 打乱 shuffl perturb; 变体 variant; 版本 version;
增强 augment; 快 fast quick; 慢 slow; 高 high; 低 low; 大 larg big great; 小 small; 强 strong; 弱 weak;
早 early; 晚 late; 长 long; 短 short; 均匀 uniform even; 流量 flow; 流域 catchment; 零流量 zero; 降雨 rain;
植被 vegetat; 土壤 soil; 河流 river stream; 灵敏度 sensitiv; 应变 strain; 电压 voltage; 电流 current;
电阻 resist; 迁移率 mobilit; 供电 suppl; 功耗 power; 晶体管 transistor; 聚合 aggregat; 视差 disparit;
立体 stereo; 匹配 match; 复杂 complex; 改写 paraphras; 新颖 novel; 语义 semantic; 词汇 lexic vocabular;
近邻 neighbor neighbour knn; 示例 example exemplar; 前缀 prefix; 后缀 suffix; 中缀 infix; 倒排 invert;
索引 index; 稠密 dense; 稀疏 sparse; 负样本 negative; 正样本 positive; 难负 hard negative;
开发集 development dev; 测试集 test; 训练集 train; 验证集 validation dev; 命中 hit; 阅读器 reader;
检索器 retriev; 双塔 dual; 跨数据集 cross-dataset generaliz; 零样本 zero-shot; 少样本 few-shot; 单 single;
多 multi; 隐私 privac; 公平 fair; 可解释 interpret explain; 解释 expla interpret; 反事实 counterfactual;
分子 molecul; 溶解 solubil; 气味 scent odor; 化学 chemi; 材料 material; 反应 reaction; 催化 catal; 合金 alloy;
晶体 crystal; 量子 quantum; 电子 electron; 光子 photon; 磁 magnet; 能量 energy; 质量分数 fraction;
浓度 concentrat; 酸 acid; 碱 base alkal; 水 water; 肿瘤 tumor tumour cancer; 癌 cancer; 病灶 lesion; 影像 imag;
超声 ultrasound; 血 blood; 心 heart card; 肺 lung; 脑 brain; 神经 neur nerve; 记忆 memor; 缓存 cache;
注意 attent; 窗口 window; 路由 rout; 门控 gat; 偏好 prefer; 人类 human; 拒绝 reject refus; 置信 confiden;
校准 calibrat; 不确定 uncertain; 异常 anomal outlier; 缺失 miss; 填补 imput; 插值 interpolat; 外推 extrapolat;
因果 caus; 干预 intervent; 混杂 confound; 显著 significan substantial; 统计 statistic; 中位 median;
均值 mean average; 方向 direction; 梯度下降 descent; 学习 learn; 元学习 meta; 联邦 federat;
对比 contrast compar; 自监督 self-supervis; 监督 supervis; 表示 represent; 对齐 align; 融合 fus; 蒙版 mask;
掩码 mask; 遮挡 occlu; 光流 flow; 轨迹 traject; 姿态 pose; 人脸 face facial; 手势 gestur; 行人 pedestrian;
车辆 vehicle car; 道路 road; 城市 city urban; 农 agricult crop; 气候 climat; 天气 weather; 温室 greenhouse;
碳 carbon; 海洋 ocean marine; 地震 seism earthquake; 遥感 remote; 卫星 satellit; 学生们 student;
作业 assignment homework; 考试 exam test; 成绩 grade score; 动机 motivat; 情绪 emotion mood; 焦虑 anxi;
抑郁 depress; 睡眠 sleep; 饮食 diet; 运动 exercis motion; 疼痛 pain; 副作用 adverse side; 随访 follow-up;
入组 enrol; 手术 surg operat; 康复 rehabil recover; 疫苗 vaccin; 病毒 virus viral; 细菌 bacteri; 抗体 antibod;
突变 mutat; 序列比对 align; 上游 upstream; 下游 downstream; 前端 frontend front; 后端 backend back;
并发 concurren; 分布式 distribut; 带宽 bandwidth; 请求 request; 客户端 client; 服务器 server; 编译 compil;
漏洞 vulnerab bug; 补丁 patch; 单元测试 unit; 仓库 repositor; 提交 commit;
模糊 blur; 扫描 scan; 照片 picture photo; 图片 picture image; 均衡 balanc; 精简 compact; 冗余 redundan; 重叠 overlap;
介词 preposition; 名词 noun; 动词 verb; 形容词 adjective; 含义 mean semantic sense; 歧义 ambigu; 声学 acoustic;
众包 crowd; 志愿者 volunteer; 评审 judge review; 框架 framework; 系统 system; 组件 component; 关系 relation;
相反 opposit revers; 符号 sign; 系数 coefficient; 压阻 piezoresist; 相同 same identical; 直接 direct; 间接 indirect;
低于 -; 高于 -; 大于 -; 小于 -; 多于 -; 少于 -; 早于 -; 晚于 -; 大约 -; 大概 -; 高达 -; 高出 -; 低至 -; 长达 -; 多达 -
"""
TRANSLATED = dict(pair.strip().split(" ", 1) for pair in _TRANSLATED.split(";"))
"""Chinese term -> English stems, any of which may stand for it; "-" for one that tells nothing."""
